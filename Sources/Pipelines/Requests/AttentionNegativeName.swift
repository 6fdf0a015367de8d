package import NegativeSpaceLayers
import NegativeSpaceSampling

/// The rules by which the denoiser's cross-attention avoids the negative, without a second call of it and at any
/// guidance scale; what each does stands in docs/guidance.md.
public enum AttentionNegativeName: String, Codable, CaseIterable, Sendable {
  /// Normalized attention guidance (arXiv:2505.21179).
  case nag
  /// Negative-away steer attention (arXiv:2412.02687).
  case nasa
  /// Value sign flip (arXiv:2508.10931).
  case vsf

  /// The rule.
  ///
  /// - Parameter options: by their names; what is missing has the rule's default.
  /// - Throws: `SamplingError.guidanceOption`.
  package func rule(_ options: [String: String] = [:]) throws -> AttentionNegative {
    switch self {
    case .nag:
      var rule = NormalizedAttentionGuidance()
      try options.set(
        [
          GuidanceOption("nag_scale", \.scale, -100...100), GuidanceOption("nag_tau", \.tau, 0.001...1000),
          GuidanceOption("nag_alpha", \.alpha, 0...1), GuidanceOption("nag_norm", \.norm),
        ], of: &rule, named: rawValue)
      return .nag(rule)
    case .nasa:
      var rule = NegativeAwayGuidance()
      try options.set([GuidanceOption("nasa_alpha", \.alpha, -100...100)], of: &rule, named: rawValue)
      return .nasa(rule)
    case .vsf:
      var rule = ValueSignFlip()
      try options.set([GuidanceOption("vsf_scale", \.scale, -100...100)], of: &rule, named: rawValue)
      return .vsf(rule)
    }
  }
}
