public import NegativeSpacePipelines
public import NegativeSpaceSampling

/// What an arm of a comparison changes beside its negative; what is nil or empty is as in the other arms.
public struct ArmChanges: Sendable, Hashable {
  /// Words to avoid beside a learned negative.
  public var negativePrompt: String?
  /// Words to avoid for each prompt, by the prompt, such as a writer's; they go before `negativePrompt`.
  public var negativePrompts: [String: String] = [:]
  /// Name of the writer that wrote those.
  public var negativeWriter: String?
  /// Learned words that prompts and negatives may name.
  public var embeddings: [FileReference] = []
  /// Tuned text encoders that are mixed with the model's own.
  public var textEncoders: [FileReference] = []
  /// The share of the steps in which they hold.
  public var textEncoderInterval: [Double]?
  /// LoRAs beside those of the model.
  public var loras: [FileReference] = []
  /// LoRAs of the avoided branch alone.
  public var negativeLoras: [FileReference] = []
  /// Another model's denoiser in the avoided branch.
  public var negativeModel: FileReference?
  /// The share of the steps in which the negative holds.
  public var negativeInterval: [Double]?
  /// A search for the negatives of each run; it starts from the arm's own negative.
  public var negativeSearch: ArmSearch?
  /// Steps from noise to a picture.
  public var steps: Int?
  /// Weight of guidance.
  public var guidanceScale: Double?
  /// Share of the result that is brought back to the unguided spread.
  public var guidanceRescale: Double?
  /// The share of the steps that is guided.
  public var guidanceInterval: [Double]?
  /// The arithmetic of guidance; its options are replaced with it.
  public var guidanceRule: GuidanceRuleName?
  /// The rule's options.
  public var guidanceOptions: [String: String] = [:]
  /// How cross-attention avoids the negative; its options are replaced with it.
  public var attentionNegative: AttentionNegativeName?
  /// That rule's options.
  public var attentionOptions: [String: String] = [:]
  /// The way from one noise level to the next.
  public var sampler: SamplerName?
  /// Spacing of the noise levels.
  public var schedule: SigmaSchedule?
  /// DDIM's share of fresh noise.
  public var eta: Double?
  /// Layer of the text encoder, counted from the end.
  public var clipSkip: Int?

  /// No change.
  public init() {}

  /// The request of a run under these changes.
  func applied(to base: GenerationRequest) -> GenerationRequest {
    var request = base
    func set<Value>(_ field: WritableKeyPath<GenerationRequest, Value>, _ value: Value?) {
      if let value { request[keyPath: field] = value }
    }
    set(\.negativePrompt, negativePrompt)
    request.embeddings += embeddings
    request.textEncoders += textEncoders
    set(\.textEncoderInterval, textEncoderInterval)
    request.loras += loras
    request.negativeLoras += negativeLoras
    set(\.negativeModel, negativeModel.map { Optional($0) })
    set(\.negativeInterval, negativeInterval)
    set(\.steps, steps.map { Optional($0) })
    set(\.guidanceScale, guidanceScale.map { Optional($0) })
    set(\.guidanceRescale, guidanceRescale)
    set(\.guidanceInterval, guidanceInterval)
    set(\.guidanceRule, guidanceRule)
    if guidanceRule != nil || !guidanceOptions.isEmpty { request.guidanceOptions = guidanceOptions }
    set(\.attentionNegative, attentionNegative.map { Optional($0) })
    if attentionNegative != nil || !attentionOptions.isEmpty { request.attentionOptions = attentionOptions }
    set(\.sampler, sampler.map { Optional($0) })
    set(\.schedule, schedule.map { Optional($0) })
    set(\.eta, eta.map { Optional($0) })
    set(\.clipSkip, clipSkip)
    return request
  }

  /// The words to avoid for a prompt.
  func words(for prompt: String, besides own: String) -> String {
    [own, negativePrompts[prompt] ?? ""].filter { !$0.isEmpty }.joined(separator: ", ")
  }

  /// The changes in words, a part each.
  var summary: [String] {
    func file(_ kind: String) -> (FileReference) -> String {
      { "\(kind) \($0.path)" + ($0.weight.map { ", weight \($0)" } ?? "") }
    }
    func interval(_ interval: [Double]?) -> String {
      guard let interval, interval != [0, 1] else { return "" }
      return " in \(interval) of the steps"
    }
    func options(_ options: [String: String]) -> String {
      options.isEmpty
        ? "" : " (" + options.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", ") + ")"
    }
    var parts: [String] = []
    func add(_ text: String?) {
      if let text { parts.append(text) }
    }
    add(negativePrompt.map { "the words “\($0)”" })
    add(negativeWriter.map { "words written by \($0)" })
    parts += embeddings.map(file("the learned word"))
    parts += textEncoders.map { file("the text encoder")($0) + interval(textEncoderInterval) }
    parts += loras.map(file("the LoRA")) + negativeLoras.map(file("in the avoided branch the LoRA"))
    add(negativeModel.map(file("in the avoided branch the model")))
    add(negativeInterval.map { "the negative\(interval($0))" })
    add(negativeSearch?.summary)
    add(steps.map { "\($0) steps" })
    add(guidanceScale.map { "guidance \(ScoreText.plain($0))" })
    add(guidanceRescale.map { "rescale \(ScoreText.plain($0))" })
    add(guidanceInterval.map { "guidance\(interval($0))" })
    if guidanceRule != nil || !guidanceOptions.isEmpty {
      add("the rule \(guidanceRule?.rawValue ?? "of all")\(options(guidanceOptions))")
    }
    if attentionNegative != nil || !attentionOptions.isEmpty {
      add("in attention \(attentionNegative?.rawValue ?? "the rule of all")\(options(attentionOptions))")
    }
    add(sampler.map { "the sampler \($0.rawValue)" })
    add(schedule.map { "the schedule \($0.rawValue)" })
    add(eta.map { "eta \(ScoreText.plain($0))" })
    add(clipSkip.map { "layer \($0) from the text encoder's end" })
    return parts
  }
}
