import NegativeSpaceNetworks
package import NegativeSpaceTensors
import NegativeSpaceText

/// Text states of both branches of guidance, with warnings and notes.
package struct PromptStates: Sendable {
  /// (1, T, D), what is wanted; T is a multiple of 77.
  package var positive: Tensor
  /// (1, T', D), what is avoided; T' may be another multiple.
  package var negative: Tensor
  package var warnings: [String] = []
  package var notes: [String] = []
}

/// The prompts of one request, as a model's text encoder understands them.
struct PromptConditioner {
  let model: RequestedModel
  let encoder: PromptEncoder
  let request: GenerationRequest

  /// Encodes both prompts, with learned words and learned negatives.
  ///
  /// - Throws: `RequestError`, `EmbeddingError`, `ModelError`, `TensorFileError`.
  func states() throws -> PromptStates {
    var (warnings, notes): ([String], [String]) = ([], [])
    let (vocabulary, words) = try learnedVocabulary()
    func encode(_ prompt: String) throws -> PromptEncoder.Encoded {
      try encoder.encode(prompt, clipSkip: request.clipSkip, style: request.promptStyle, vocabulary: vocabulary)
    }
    let positive = try encode(request.prompt)
    let negative = try encode(request.negativePrompt)
    warnings += [positive.warning("prompt"), negative.warning("negative prompt")].compactMap { $0 }

    let used = Set(positive.text.ids + negative.text.ids)
    for (word, ids) in zip(words, vocabulary.ids) {
      notes.append(word.note)
      if used.isDisjoint(with: ids) {
        let token = word.embedding.token
        warnings.append(
          "The token \"\(token)\" of \(word.file.path) is in neither prompt, so that it does nothing. Write it into one."
        )
      }
    }
    let learned = try request.negativeEmbeddings.map { try learnedNegative($0) }
    notes += learned.map(\.note)
    let states =
      learned.isEmpty
      ? negative.states
      : LearnedNegative.combine(
        learned, words: negative.text.tokenCount == 0 ? nil : negative.states,
        empty: try encoder.encode("", clipSkip: request.clipSkip).states)
    return PromptStates(positive: positive.states, negative: states, warnings: warnings, notes: notes)
  }
}

extension DiffusionModel {
  /// Encodes both prompts of a request, with learned words and learned negatives.
  ///
  /// - Throws: `RequestError`, `EmbeddingError`, `ModelError`, `TensorFileError`, errors in the encoder's files.
  package func promptStates(_ request: GenerationRequest) throws -> PromptStates {
    let model = try requested(request)
    return try PromptConditioner(model: model, encoder: parts.promptEncoder(model), request: request).states()
  }
}
