import NegativeSpaceNetworks
package import NegativeSpaceTensors
import NegativeSpaceText

/// Text states of both branches of guidance, with warnings and notes.
package struct PromptStates: Sendable {
  /// (1, T, D), what is wanted at the first step; T is a multiple of 77.
  package var positive: Tensor
  /// (1, T', D), what is avoided there, or (S, T', D) with a negative for each step of a run; T' may be another multiple.
  package var negative: Tensor
  /// The same by the mix of text encoders that the request asks for; nil where it asks for none.
  package var mixed: (positive: Tensor, negative: Tensor)?
  /// What the branches are told at other steps, where prompts change between steps.
  package var others: [Pair] = []
  /// For each call the number of its states, 0 for those of the first step and 1 on for `others`; empty where prompts
  /// do not change.
  package var order: [Int] = []
  /// The empty prompt's states in the avoided branch, by the model's own encoder and by the mix, for the steps in which
  /// the negative does not hold; nil where it holds in all.
  package var empty: (own: Tensor, mixed: Tensor?)?
  package var warnings: [String] = []
  package var notes: [String] = []

  /// States of both branches by one text each.
  package struct Pair: Sendable {
    package let positive: Tensor
    package let negative: Tensor
    /// The same by the mix.
    package var mixed: (positive: Tensor, negative: Tensor)?
  }
}

/// The prompts of one request, as a model's text encoder understands them.
struct PromptConditioner {
  let model: RequestedModel
  let encoder: PromptEncoder
  /// The encoder of the texts to avoid, where it has LoRAs of its own.
  var negativeEncoder: PromptEncoder?
  /// The encoders that the request mixes with the model's own, in its order.
  var tuned: [PromptEncoder] = []
  let request: GenerationRequest

  /// Encodes both prompts, with learned words and learned negatives.
  ///
  /// - Parameter calls: of the run, between which prompts may change.
  /// - Throws: `RequestError`, `EmbeddingError`, `ModelError`, `TensorFileError`.
  func states(calls: Int = 1) throws -> PromptStates {
    var (warnings, notes): ([String], [String]) = ([], [])
    let (vocabulary, words) = try learnedVocabulary()
    let prompts = ChangingPrompts(request, calls: calls)
    func encode(_ text: String, by encoder: PromptEncoder) throws -> PromptEncoder.Encoded {
      try encoder.encode(text, clipSkip: request.clipSkip, style: request.promptStyle, vocabulary: vocabulary)
    }
    let encoded = try prompts.encoded { try encode($0, by: encoder) }
    warnings += prompts.warnings(encoded)
    warnings +=
      PromptSyntax([request.prompt, request.negativePrompt], isWeighted: request.promptWeighting != .none).warnings

    // A vocabulary that cannot be read keeps nobody from his picture.
    if let vocabulary = try? ModelVocabulary(folder: model.files.path) {
      warnings += VocabularyReading(vocabulary).warnings(
        prompts.pairs.map(\.positive), learned: words.map(\.embedding.token))
    }

    let used = Set(encoded.values.flatMap(\.text.ids))
    for (word, ids) in zip(words, vocabulary.ids) {
      notes.append(word.note)
      if used.isDisjoint(with: ids) {
        let token = word.embedding.token
        warnings.append(
          "The token \"\(token)\" of \(word.file.path) is in neither prompt, so that it does nothing. Write it into one."
        )
      }
    }
    func empty(_ mix: TextEncoderMix) throws -> Tensor {
      try mix.states { try $0.encode("", clipSkip: request.clipSkip).states }
    }
    func avoided(by mix: TextEncoderMix, _ text: String, words: Tensor, _ learned: [LearnedNegative]) throws -> Tensor {
      guard !learned.isEmpty else { return words }
      return LearnedNegative.combine(
        learned, steps: try steps(learned), words: encoded[text]?.text.tokenCount == 0 ? nil : words,
        empty: try empty(mix))
    }
    let own = BranchMixes(self)
    let learned = try request.negativeEmbeddings.map { try learnedNegative($0, by: own.avoided) }
    notes += learned.map(\.note)
    /// The states of each pair of texts, by the mixes of both branches.
    func pairs(by mixes: BranchMixes, _ learned: [LearnedNegative]) throws -> [(positive: Tensor, negative: Tensor)] {
      func states(_ mix: TextEncoderMix) throws -> [String: Tensor] {
        try prompts.encoded { text in try mix.states { try encode(text, by: $0).states } }
      }
      let wanted = try states(mixes.wanted)
      let others = try negativeEncoder == nil ? wanted : states(mixes.avoided)
      return try prompts.pairs.map { pair in
        let (positive, words) = (wanted[pair.positive], others[pair.negative])
        guard let positive, let words else { throw RequestError(.prompt, found: "not encoded", expected: "states") }
        return (positive, try avoided(by: mixes.avoided, pair.negative, words: words, learned))
      }
    }
    let owned = try pairs(by: own, learned)
    var states = PromptStates(
      positive: owned[0].positive, negative: owned[0].negative, order: prompts.order, warnings: warnings, notes: notes)
    states.others = owned.dropFirst().map { PromptStates.Pair(positive: $0.positive, negative: $0.negative) }
    let isPartial = request.negativeInterval != [0, 1]
    if isPartial { states.empty = (try empty(own.avoided), nil) }
    guard !tuned.isEmpty else { return states }

    let mixes = BranchMixes(self, tuned: Array(zip(tuned, model.tunedEncoders.map(\.weight))))
    let mixed = try pairs(by: mixes, request.negativeEmbeddings.map { try learnedNegative($0, by: mixes.avoided) })
    states.mixed = mixed[0]
    for (index, pair) in mixed.dropFirst().enumerated() { states.others[index].mixed = pair }
    if isPartial { states.empty?.mixed = try empty(mixes.avoided) }
    states.warnings += model.tunedEncoderWarnings
    states.notes += try tunedEncoderNotes()
    return states
  }
}

/// The encoders of the texts of both branches, each with the tuned ones that are mixed in.
private struct BranchMixes {
  let wanted: TextEncoderMix
  let avoided: TextEncoderMix

  init(_ conditioner: PromptConditioner, tuned: [(PromptEncoder, Double)] = []) {
    wanted = TextEncoderMix(own: conditioner.encoder, tuned: tuned)
    avoided = TextEncoderMix(own: conditioner.negativeEncoder ?? conditioner.encoder, tuned: tuned)
  }
}

extension PromptConditioner {
  /// The number of steps that learned negatives are for; 1 where each holds for all.
  ///
  /// - Throws: `RequestError` where they differ.
  private func steps(_ learned: [LearnedNegative]) throws -> Int {
    let counts = Set(learned.map { $0.states.size(0) }).subtracting([1]).sorted()
    guard counts.count < 2 else {
      throw RequestError(
        .negativeEmbeddings, found: "for \(counts.map { "\($0)" }.joined(separator: " and for ")) steps",
        expected: "as many negatives in each file that has one for each step")
    }
    return counts.first ?? 1
  }
}

extension PromptConditioner {
  /// The conditioner of a request with the encoders that it needs, loaded.
  ///
  /// - Throws: what is wrong with their files.
  init(_ model: RequestedModel, _ parts: ModelParts, _ request: GenerationRequest) throws {
    self.init(
      model: model, encoder: try parts.promptEncoder(model),
      negativeEncoder: try parts.negativePromptEncoder(model), tuned: try parts.tunedEncoders(model), request: request)
  }
}

extension DiffusionModel {
  /// Encodes both prompts of a request, with learned words and learned negatives.
  ///
  /// - Throws: `RequestError`, `EmbeddingError`, `ModelError`, `TensorFileError`, errors in the encoder's files.
  package func promptStates(_ request: GenerationRequest) throws -> PromptStates {
    let model = try requested(request)
    return try PromptConditioner(model, parts, request).states()
  }
}
