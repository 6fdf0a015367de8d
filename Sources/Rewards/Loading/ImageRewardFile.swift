import Foundation
import NegativeSpaceLayers
import NegativeSpaceNetworks
import NegativeSpaceText
import NegativeSpaceWeights

/// `ImageReward.pt`, or the folder that holds it, with BERT's `vocab.txt` beside it.
struct ImageRewardFile {
  private let file: String
  private let vocabulary: URL

  init(path: String) {
    var isDirectory: ObjCBool = false
    let isFolder = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
    file = isFolder ? path + "/ImageReward.pt" : path
    vocabulary = URL(fileURLWithPath: file).deletingLastPathComponent().appending(path: "vocab.txt")
  }

  /// - Throws: `RewardError`, errors in a file.
  func reward(_ resizing: PicturePreparation.Resizing) throws -> ImageReward {
    let reader = try openTensorFile(file)
    let shape = try BLIPShape(reader.entries.mapValues(\.shape), file: file)
    guard FileManager.default.fileExists(atPath: vocabulary.path) else {
      throw RewardError.noVocabulary(path: vocabulary.path)
    }
    let tokenizer = try WordPieceTokenizer(vocabulary: vocabulary)
    guard tokenizer.largestID < shape.vocabulary else {
      throw RewardError.vocabularyTooLarge(
        path: vocabulary.path, entries: tokenizer.largestID + 1, expected: shape.vocabulary)
    }
    return try FileWeights([reader], checkFinite: true).build {
      try ImageReward(shape, $0, tokenizer: tokenizer, resizing: resizing)
    }
  }
}

extension BLIPShape {
  /// The sizes that a file's tensors tell.
  ///
  /// - Throws: `RewardError.notImageReward`.
  init(_ shapes: [String: [Int]], file: String) throws {
    func shape(_ name: String, _ rank: Int) throws -> [Int] {
      guard let shape = shapes["blip." + name], shape.count == rank, !shape.contains(0) else {
        throw RewardError.notImageReward(path: file, missing: "blip." + name)
      }
      return shape
    }
    func layers(_ beginning: String, _ end: String) -> Int {
      (0..<shapes.count).first { shapes["blip.\(beginning).\($0).\(end)"] == nil } ?? 0
    }
    let patch = try shape("visual_encoder.patch_embed.proj.weight", 4)
    let places = try shape("visual_encoder.pos_embed", 3)
    let visionInner = try shape("visual_encoder.blocks.0.mlp.fc1.weight", 2)
    let words = try shape("text_encoder.embeddings.word_embeddings.weight", 2)
    let positions = try shape("text_encoder.embeddings.position_embeddings.weight", 2)
    let textInner = try shape("text_encoder.encoder.layer.0.intermediate.dense.weight", 2)
    self.init(
      vision: Tower(
        width: patch[0], innerWidth: visionInner[0], layers: layers("visual_encoder.blocks", "norm1.weight")),
      text: Tower(
        width: words[1], innerWidth: textInner[0],
        layers: layers("text_encoder.encoder.layer", "intermediate.dense.weight")),
      imageSize: Int(Double(places[1] - 1).squareRoot()) * patch[3], patchSize: patch[3], vocabulary: words[0],
      positions: positions[0])
  }
}
