/// The rules of guidance by the names that requests use; what each does stands in docs/guidance.md.
public enum GuidanceRuleName: String, Codable, CaseIterable, Sendable {
  /// Classifier-free guidance (arXiv:2207.12598).
  case cfg
  /// CFG-Zero* (arXiv:2503.18886).
  case cfgZeroStar = "cfg_zero_star"
  /// Adaptive projected guidance (arXiv:2410.02416).
  case apg
  /// Classifier-free guidance in the first steps, adaptive projected guidance in the others.
  case apgMix = "apg_mix"
  /// Tangential damping classifier-free guidance (arXiv:2503.18137).
  case tcfg
  /// Frequency-decoupled guidance (arXiv:2506.19713).
  case fdg
  /// Magnitude-aware mitigation for boosted guidance (arXiv:2508.03442).
  case mamboG = "mambo_g"
  /// Perturbed-attention guidance (arXiv:2403.17377).
  case pag
  /// Smoothed energy guidance (arXiv:2408.00760).
  case seg
  /// Skip-layer guidance, spatio-temporal guidance on videos (arXiv:2411.18664).
  case slg
  /// Autoguidance by a worse version of the model (arXiv:2406.02507).
  case auto

  /// The rule.
  ///
  /// - Parameter options: by diffusers' names; what is missing has diffusers' default.
  /// - Throws: `SamplingError.guidanceOption`.
  package func rule(_ options: [String: String] = [:]) throws -> any GuidanceRule {
    try type.init(options, named: rawValue)
  }

  /// The names of the rule's options, and their defaults.
  package var options: [(name: String, value: String)] { type.defaults }

  private var type: any GuidanceRule.Type {
    switch self {
    case .cfg: ClassifierFreeGuidance.self
    case .cfgZeroStar: ClassifierFreeZeroStarGuidance.self
    case .apg: AdaptiveProjectedGuidance.self
    case .apgMix: AdaptiveProjectedMixGuidance.self
    case .tcfg: TangentialClassifierFreeGuidance.self
    case .fdg: FrequencyDecoupledGuidance.self
    case .mamboG: MagnitudeAwareGuidance.self
    case .pag: PerturbedAttentionGuidance.self
    case .seg: SmoothedEnergyGuidance.self
    case .slg: SkipLayerGuidance.self
    case .auto: AutoGuidance.self
    }
  }
}

extension GuidanceRule {
  fileprivate static var defaults: [(name: String, value: String)] {
    let rule = Self()
    return options.map { ($0.name, $0.text(rule)) }
  }
}
