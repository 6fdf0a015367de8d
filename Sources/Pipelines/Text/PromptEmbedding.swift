import NegativeSpaceTensors
import NegativeSpaceText
import NegativeSpaceWeights

/// A prompt as a model's text encoder understands it, to be kept in a file.
public struct PromptEmbedding: Sendable {
  /// Token ids, as many as the encoder has positions.
  public let ids: [Int]
  /// Width of the states.
  public let width: Int
  /// Warning of what was cut from the end of a prompt that is too long, or nil.
  public let warning: String?
  private let states: Tensor
  private let space: TextSpace

  /// Encodes `text`.
  ///
  /// - Parameter clipSkip: layer of the states, counted from the end: 1 is the last.
  /// - Throws: `RequestError`, `ModelError`.
  public init(of text: String, by encoder: TextEncoder, clipSkip: Int = 1) throws {
    let encoded = try encoder.prompts.encode(text, clipSkip: clipSkip)
    space = try encoder.prompts.space(named: encoder.name, clipSkip: clipSkip)
    ids = encoded.text.ids
    states = encoded.states
    width = encoded.states.size(2)
    warning = encoded.warning("text")
  }

  /// Writes `prompt_embeds` [1, 77, D] float32 and `input_ids` [1, 77] int64 as safetensors, with a note on their
  /// space.
  ///
  /// - Throws: `TensorFileError.unwritable`.
  public func write(to path: String) throws {
    let file = try TensorFile(
      ["prompt_embeds": states], integers: ["input_ids": IntegerTensor(ids.map { Int64($0) }, shape: [1, ids.count])],
      metadata: EmbeddingMetadata(space: space).texts())
    try file.write(to: path)
  }
}

extension PromptEncoder.Encoded {
  /// Warning of what did not fit, in a sentence; nil when all did.
  package func warning(_ what: String) -> String? {
    guard text.cutCount > 0 else { return nil }
    return "The \(what) has \(text.tokenCount + text.cutCount) tokens, of which \(text.tokenCount) fit. "
      + "Left out: \"\(text.cutText)\". Keep it with \(field: .longPrompt) chunks."
  }
}
