import NegativeSpaceLayers
import NegativeSpaceSampling

extension GenerationRequest {
  /// Most options of a rule, and the longest value in bytes: beyond any use.
  private static let optionLimit = (count: 32, length: 4096)

  /// Checks what rules of guidance say of each other and of their options.
  ///
  /// - Throws: `RequestError`.
  func validateGuidance() throws {
    for (field, options) in [(CodingKeys.guidanceOptions, guidanceOptions), (.attentionOptions, attentionOptions)] {
      try Self.check(options, of: field)
    }
    let disturbance = try rule().disturbance
    guard let attentionNegative else {
      if let option = attentionOptions.keys.min() {
        throw RequestError(
          .attentionOptions, found: option, expected: "\(field: .attentionNegative) beside it, whose option it is")
      }
      return try validateNegativeModel(disturbance)
    }
    _ = try attentionRule()
    if disturbance != nil {
      throw RequestError(
        .attentionNegative,
        found: "\(attentionNegative.rawValue) with \(field: .guidanceRule) \(guidanceRule.rawValue)",
        expected:
          "one of the two: both change the network's attention, and the disturbed branch would avoid the negative too"
      )
    }
    try validateNegativeModel(disturbance)
  }

  private func validateNegativeModel(_ disturbance: Disturbance?) throws {
    guard let negativeModel, let disturbance, disturbance.isUnconditional, !disturbance.layers.isEmpty else { return }
    throw RequestError(
      .negativeModel, found: "\(negativeModel.path) with auto_guidance_layers",
      expected: "either another model in the avoided branch or this one without some layers")
  }

  /// The rule of guidance with its options.
  ///
  /// - Throws: `RequestError`.
  func rule() throws -> any GuidanceRule {
    try Self.named(.guidanceOptions) { try guidanceRule.rule(guidanceOptions) }
  }

  /// The rule in attention with its options; nil for none.
  ///
  /// - Throws: `RequestError`.
  func attentionRule() throws -> AttentionNegative? {
    try Self.named(.attentionOptions) { try attentionNegative?.rule(attentionOptions) }
  }

  /// The guidance of a run.
  ///
  /// - Throws: `RequestError`.
  func guidance(_ defaults: ModelDefaults) throws -> Guidance {
    Guidance(
      scale: Float(guidanceScale ?? defaults.guidanceScale), rescale: Float(guidanceRescale),
      interval: Float(guidanceInterval[0])...Float(guidanceInterval[1]), rule: try rule())
  }

  /// What is asked for in vain, a sentence each.
  ///
  /// - Throws: `RequestError`.
  func idleGuidance(_ defaults: ModelDefaults) throws -> [String] {
    let guidance = try guidance(defaults)
    let probe = ModelCall(index: 1000, count: 1001, timestep: 0)
    guard !guidance.rule.isActive(scale: guidance.scale, at: probe) else { return [] }
    let isThird = guidance.rule.disturbance.map { !$0.isUnconditional } ?? false
    let nothing = "at the guidance scale \(guidance.scale) the avoided branch does not run"
    var idle: [String] = []
    // CFG-Zero* has its first steps in any case.
    if ![.cfg, .cfgZeroStar].contains(guidanceRule), !isThird {
      idle.append("\(field: .guidanceRule) \(guidanceRule.rawValue)")
    }
    if let negativeModel { idle.append("\(field: .negativeModel) \(negativeModel.path)") }
    if !negativeLoras.isEmpty { idle.append("\(field: .negativeLoras)") }
    if attentionNegative == nil, !isThird, let idleNegative { idle.append(idleNegative) }
    return idle.map { "\($0) does nothing: \(nothing)." }
  }

  /// The negative that is asked for, by its field.
  private var idleNegative: String? {
    if !negativeEmbeddings.isEmpty { return "\(field: .negativeEmbeddings)" }
    return negativePrompt.isEmpty ? nil : "\(field: .negativePrompt)"
  }

  private static func named<Value>(_ field: CodingKeys, _ read: () throws -> Value) throws -> Value {
    do {
      return try read()
    } catch SamplingError.guidanceOption(let rule, let option, let found, let expected) {
      throw RequestError(field, found: "\(option)=\(found) for \(rule)", expected: expected)
    }
  }

  private static func check(_ options: [String: String], of field: CodingKeys) throws {
    guard options.count <= optionLimit.count else {
      throw RequestError(field, found: "a list of \(options.count)", expected: "at most \(optionLimit.count)")
    }
    for (name, value) in options where name.utf8.count + value.utf8.count > optionLimit.length {
      throw RequestError(
        field, found: "\(name.utf8.count + value.utf8.count) bytes long", expected: "at most \(optionLimit.length)")
    }
  }
}
