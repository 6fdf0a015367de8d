import Foundation
import NegativeSpaceLayers
import NegativeSpaceNetworks
import NegativeSpaceText
import NegativeSpaceWriters

/// What the learning of a writer starts from.
public enum WriterStart: Sendable, Hashable {
  /// A T5 in transformers' layout.
  case folder(String)
  /// A small T5 with random weights and a vocabulary learned from the pairs.
  case fresh(FreshWriter)
}

/// The sizes of a writer that is made anew: a T5 v1.1 (gated GELU), both tables tied.
public struct FreshWriter: Sendable, Hashable {
  /// Pieces of the vocabulary; fewer where the texts do not give so many.
  public var pieces = 2000
  /// Width of the states, a multiple of `heads`.
  public var width = 192
  /// Layers of encoder and decoder each.
  public var layers = 3
  /// Heads of an attention.
  public var heads = 4

  /// The sizes above: about 5 million numbers.
  public init() {}

  /// - Throws: `LearningError.setting`.
  func validate() throws {
    try LearningError.requirePositive([("pieces", pieces), ("width", width), ("layers", layers), ("heads", heads)])
    guard width % heads == 0, width <= 4096, layers <= 64, pieces <= 1 << 18 else {
      throw LearningError.setting(
        "width, layers or pieces", found: "\(width), \(layers) and \(pieces)",
        expected: "a width of at most 4096 that \(heads) heads divide, at most 64 layers and 262144 pieces")
    }
  }

  func configuration(vocabulary: Int) -> T5Configuration {
    var configuration = T5Configuration()
    (configuration.vocabSize, configuration.width, configuration.headWidth) = (vocabulary, width, width / heads)
    (configuration.innerWidth, configuration.layers, configuration.decoderLayers) = (2 * width, layers, layers)
    (configuration.heads, configuration.activation, configuration.isGated) = (heads, .geluNew, true)
    return configuration
  }
}

/// A start that is read: sizes, tokens, and where weights come from.
struct OpenWriterStart {
  let configuration: T5Configuration
  let tokenizer: T5Tokenizer
  /// The folder with the tokenizer's files.
  let tokenizerFolder: String
  let weights: any WeightSource
  /// The name of the folder of a vocabulary that is learned, within the run's.
  static let vocabulary = "vocabulary"

  /// - Parameters:
  ///   - texts: what a vocabulary is learned from.
  ///   - folder: where it is put.
  /// - Throws: `LearningError`, `TokenizerError`, errors in a folder's files.
  init(_ start: WriterStart, texts: @autoclosure () -> [String], folder: String, seed: UInt64) throws {
    switch start {
    case .folder(let path):
      let files = try T5Folder(path: path)
      // Whether all is there is said before anything is learned.
      _ = try files.network()
      (configuration, tokenizer, tokenizerFolder) = (files.configuration, files.tokenizer, path)
      weights = try files.weights()
    case .fresh(let sizes):
      try sizes.validate()
      tokenizerFolder = "\(folder)/\(Self.vocabulary)"
      if (try? T5Tokenizer(folder: URL(fileURLWithPath: tokenizerFolder))) == nil {
        try T5Vocabulary(learning: texts(), pieces: sizes.pieces).write(to: URL(fileURLWithPath: tokenizerFolder))
      }
      tokenizer = try T5Tokenizer(folder: URL(fileURLWithPath: tokenizerFolder))
      configuration = sizes.configuration(vocabulary: tokenizer.vocabularyCount)
      weights = RandomWeights(seed: seed)
    }
  }
}
