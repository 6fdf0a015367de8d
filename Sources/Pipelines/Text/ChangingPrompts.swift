import NegativeSpaceText

/// Both prompts of a request at the calls of a run: the pairs that there are, and which one each call has.
struct ChangingPrompts {
  /// At least one; the first call's is the first.
  private(set) var pairs: [(positive: String, negative: String)] = []
  /// For each call the number of its pair; empty where there is but one.
  private(set) var order: [Int] = []

  init(_ request: GenerationRequest, calls: Int) {
    guard request.promptWeighting == .a1111 else {
      pairs = [(request.prompt, request.negativePrompt)]
      return
    }
    let positives = Self.prompts(request.prompt, calls)
    let negatives = Self.prompts(request.negativePrompt, calls)
    for (positive, negative) in zip(positives, negatives) {
      let known = pairs.firstIndex { $0 == (positive, negative) }
      if known == nil { pairs.append((positive, negative)) }
      order.append(known ?? pairs.count - 1)
    }
    if pairs.count == 1 { order = [] }
  }

  /// A prompt at each call.
  private static func prompts(_ text: String, _ calls: Int) -> [String] {
    var prompts: [String] = []
    for (last, prompt) in PromptSchedule(text).prompts(steps: calls) {
      prompts += Array(repeating: prompt, count: last - prompts.count)
    }
    return prompts
  }

  /// What `encode` makes of each text, once.
  func encoded<Result>(_ encode: (String) throws -> Result) rethrows -> [String: Result] {
    var results: [String: Result] = [:]
    for text in pairs.flatMap({ [$0.positive, $0.negative] }) where results[text] == nil {
      results[text] = try encode(text)
    }
    return results
  }

  /// Warnings of texts that were cut, each once.
  func warnings(_ encoded: [String: PromptEncoder.Encoded]) -> [String] {
    var warnings: [String] = []
    func add(_ text: String, _ what: String) {
      if let warning = encoded[text]?.warning(what), !warnings.contains(warning) { warnings.append(warning) }
    }
    for pair in pairs { add(pair.positive, "prompt") }
    for pair in pairs { add(pair.negative, "negative prompt") }
    return warnings
  }
}
