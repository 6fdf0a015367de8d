import Foundation
import NegativeSpaceNetworks
import NegativeSpaceTensors
import NegativeSpaceText

extension TextSpace {
  /// The sequences between the encoder's own beginning and end: nothing, "a photo of a cat" in CLIP's vocabulary, and
  /// tokens spread over it.
  ///
  /// Fixed ids rather than texts, so that the tokenizer has no part in it; no padding, whose id differs between copies
  /// of one encoder.
  package static let probeSequences = [
    [], [320, 1125, 539, 320, 2368],
    [267, 518, 901, 1615, 2533, 4071, 6217, 9999, 13579, 18000, 23456, 29999, 36000, 42424, 48888],
  ]

  /// An id that the encoder has: small vocabularies begin with the same 512 single bytes as CLIP's.
  private static func known(_ id: Int, of count: Int) -> Int { id < count - 2 ? id : id % min(512, count) }

  /// The space of an encoder's states.
  ///
  /// - Parameter clipSkip: layer of the states, counted from the end; one that is there.
  package init(of encoder: PromptEncoder, named name: String, clipSkip: Int = 1) {
    let (tower, tokenizer) = (encoder.tower, encoder.tokenizer)
    let shape = tower.shape
    var probe: [Float] = []
    for sequence in Self.probeSequences {
      let ids =
        [tokenizer.beginning] + sequence.map { Self.known($0, of: shape.vocabulary) } + [tokenizer.end]
      let kept = Array(ids.prefix(shape.positions))
      let embedded = tower.embed([kept])
      let states = tower.encode(embedded: embedded, of: nil, skippingLast: clipSkip - 1).states  // (1, T, D)
      // Nothing follows the beginning that it could see, so that its state is the same in every sequence.
      if probe.isEmpty { probe += states.slice(axis: 1, from: 0, to: 1).floats }
      probe += states.slice(axis: 1, from: kept.count - 1, to: kept.count).floats
    }
    self.init(
      name: name, width: shape.width, rows: shape.positions,
      depth: shape.layers - (clipSkip - 1), skipped: clipSkip - 1, probe: probe)
  }
}

extension DiffusionModel {
  /// The space of the text states that this model is told; reads the text encoder if that has not been done.
  ///
  /// - Parameters:
  ///   - request: one whose LoRAs may change the encoder; by default the model's own.
  ///   - clipSkip: layer of the states, counted from the end.
  /// - Throws: `RequestError` for a layer that is not there, errors in the encoder's files.
  public func textSpace(for request: GenerationRequest = GenerationRequest(), clipSkip: Int = 1) throws -> TextSpace {
    let model = try requested(request)
    return try parts.promptEncoder(model).space(named: model.textSpaceName, clipSkip: clipSkip)
  }
}
