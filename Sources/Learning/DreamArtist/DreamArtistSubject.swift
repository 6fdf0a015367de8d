import Foundation
import NegativeSpaceKernels
import NegativeSpaceMedia
import NegativeSpaceNetworks
import NegativeSpacePipelines
package import NegativeSpaceTensors
import NegativeSpaceText

/// A picture as it is learned from.
package struct ReferenceLatents: Sendable {
  /// (1, h, w, C): the encoder's distribution, sampled once.
  let latents: Tensor
  /// (1, H, W, 3) in −1…1.
  let picture: Tensor
  /// (1, h, w, 1); nil where all counts alike.
  let attention: Tensor?
}

/// Subject of the learning of words: a frozen model, the pictures, and both words in their templates.
package struct DreamArtistSubject: Sendable {
  package let model: FrozenModel
  package let settings: DreamArtistSettings
  package let references: [ReferenceLatents]
  package let positive: WordTemplates
  /// Nil for Textual Inversion.
  package let negative: WordTemplates?
  package let loss: DreamArtistLoss
  /// Nil where words alone are learned.
  package let loras: BranchLoRAs?
  /// Asked before every call of a network; true ends what is computed with `CancellationError`.
  package var isCancelled: @Sendable () -> Bool = { false }

  /// Parameters by name.
  static let positiveName = "positive"
  static let negativeName = "negative"
  /// What is put behind the word to say to make the word to avoid, as in the authors' code.
  static let suffix = "-neg"

  /// - Parameters:
  ///   - pictures: at least one.
  ///   - token: the word to say.
  ///   - loras: what both branches' denoisers get beside the words.
  /// - Throws: `LearningError.setting`, `ModelError.noEncoder`, errors of the schedule.
  package init(
    _ model: FrozenModel, pictures: [ReferencePicture], token: String, settings: DreamArtistSettings,
    loras: BranchLoRAs? = nil, isCheckpointed: Bool = false
  ) throws {
    try settings.validate()
    try Self.check(token, of: model.text)
    guard !pictures.isEmpty else { throw LearningError.setting("pictures", found: "empty", expected: "at least one") }
    let layers = model.text.tower.shape.layers
    guard settings.clipSkip <= layers else {
      throw LearningError.setting(
        "clipSkip", found: "\(settings.clipSkip)", expected: "1 to \(layers), the text encoder's layers")
    }
    guard model.autoencoder.canEncode else { throw ModelError.noEncoder }
    (self.model, self.settings, self.loras) = (model, settings, loras)
    func word(_ token: String, _ count: Int, _ setting: String) throws -> WordTemplates {
      try WordTemplates(
        model.text, token: token, count: count, templates: settings.templates, clipSkip: settings.clipSkip,
        setting: setting)
    }
    positive = try word(token, settings.positiveVectors, "positiveVectors")
    negative =
      try settings.isPair ? word(token + Self.suffix, settings.negativeVectors, "negativeVectors") : nil
    loss = try DreamArtistLoss(
      model, guidance: settings.guidance, minSNR: settings.minSNR, isCheckpointed: isCheckpointed)
    references = try pictures.enumerated().map { index, picture in
      try Self.encoded(picture, model, seed: settings.seed &+ UInt64(index))
    }
  }

  /// The vectors that learning starts from, by parameter.
  ///
  /// - Throws: `LearningError.setting`.
  package func start() throws -> [String: Tensor] {
    var start = [
      Self.positiveName: try WordStart.vectors(settings.initialWords, count: settings.positiveVectors, of: model.text)
    ]
    if settings.isPair {
      start[Self.negativeName] = try WordStart.noisyVectors(
        settings.initialWords, count: settings.negativeVectors, of: model.text, seed: settings.seed)
    }
    return start
  }

  func checkCancellation() throws {
    if isCancelled() { throw CancellationError() }
  }

  /// Refuses a word that no prompt could name, or that means something already.
  private static func check(_ token: String, of text: TextConditioner) throws {
    func refuse(_ expected: String) -> LearningError { .setting("token", found: "\"\(token)\"", expected: expected) }
    let isBlank = token.contains {
      $0.isWhitespace || $0.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }
    guard !token.isEmpty, !isBlank, !token.contains(DreamArtistSettings.placeholder) else {
      throw refuse("a word without blanks, such as <it>")
    }
    for word in [token, token + suffix] where text.tokenizer.tokens(in: word).count == 1 {
      throw refuse("a word that the vocabulary does not have as one token already, such as <\(token)>")
    }
  }

  private static func encoded(
    _ picture: ReferencePicture, _ model: FrozenModel, seed: UInt64
  ) throws -> ReferenceLatents {
    let shape = model.latentShape
    let (height, width) = (shape[0] * model.autoencoder.factor, shape[1] * model.autoencoder.factor)
    let pixels = picture.fitted(width: width, height: height)
    let weights = try picture.weights(width: width, height: height, factor: model.autoencoder.factor)
    var source = TorchRandom(seed: Int(seed & 0x7FFF_FFFF))
    let latents = withoutGradients {
      model.autoencoder.latents(of: [pixels]) { source.normal($0) }.cast(to: .float32)
    }
    return ReferenceLatents(latents: latents, picture: pixels, attention: weights)
  }
}
