import NegativeSpaceTensors

/// A rule with a third branch: the conditional one through a network that is worse on purpose.
///
/// ε̂ = ε(n) + γ (ε(c) − ε(n)) + s (ε(c) − ε'(c)), and without guidance ε'(c) + s (ε(c) − ε'(c)), as diffusers'
/// `PerturbedAttentionGuidance`, `SmoothedEnergyGuidance` and `SkipLayerGuidance`, which differ in what makes it worse.
protocol DisturbedGuidance: GuidanceRule {
  /// s.
  var disturbedScale: Float { get }
  /// The shares of the steps after which the third branch begins and ends.
  var disturbedStart: Double { get }
  var disturbedStop: Double { get }
  /// The name of the option that is `disturbedStart`.
  static var startOption: String { get }
}

extension DisturbedGuidance {
  package var conflict: (option: String, found: String, expected: String)? {
    guard disturbedStart > disturbedStop else { return nil }
    return (Self.startOption, "\(disturbedStart)", "at most \(disturbedStop), where it stops")
  }

  /// diffusers' condition: after the step where it starts, and before the one where it stops.
  package func isDisturbed(at call: ModelCall) -> Bool {
    let (first, end) = (Int(disturbedStart * Double(call.count)), Int(disturbedStop * Double(call.count)))
    return disturbedScale != 0 && first < call.index && call.index < end
  }

  package func guided(
    _ outputs: BranchOutputs, scale: Float, at call: ModelCall, memory: inout GuidanceMemory
  ) -> Tensor {
    let conditional = outputs.conditional
    let further = outputs.disturbed.map { disturbedScale * (conditional - $0) }
    guard let unconditional = outputs.unconditional else {
      guard let further, let disturbed = outputs.disturbed else { return conditional }
      return (usesOriginalFormulation ? conditional : disturbed) + further
    }
    let guided = shifted(conditional, unconditional, scale, along: conditional - unconditional)
    return further.map { guided + $0 } ?? guided
  }
}

/// Perturbed-attention guidance (arXiv:2403.17377).
package struct PerturbedAttentionGuidance: DisturbedGuidance {
  package var usesOriginalFormulation = false
  package var disturbedScale: Float = 2.8
  package var disturbedStart = 0.01
  package var disturbedStop = 0.2
  package var layers: [String] = []

  package init() {}

  static let startOption = "perturbed_guidance_start"

  package static var options: [GuidanceOption<Self>] {
    [
      GuidanceOption("perturbed_guidance_scale", \.disturbedScale), GuidanceOption(startOption, \.disturbedStart),
      GuidanceOption("perturbed_guidance_stop", \.disturbedStop), GuidanceOption("perturbed_guidance_layers", \.layers),
      formulation,
    ]
  }

  package var disturbance: Disturbance? { Disturbance(.identityAttention, layers: layers) }
}

/// Smoothed energy guidance (arXiv:2408.00760).
///
/// The blur is the paper's and its authors' code: diffusers 0.40 takes the mean below the threshold and the Gaussian
/// above it, the wrong way round, and never gets to it.
package struct SmoothedEnergyGuidance: DisturbedGuidance {
  package var usesOriginalFormulation = false
  package var disturbedScale: Float = 2.8
  package var disturbedStart = 0.0
  package var disturbedStop = 1.0
  package var layers: [String] = []
  /// The Gaussian's width in tokens.
  package var blurSigma: Float = 9_999_999
  /// The width beyond which all queries are their mean.
  package var blurThreshold: Float = 9999

  package init() {}

  static let startOption = "seg_guidance_start"

  package static var options: [GuidanceOption<Self>] {
    [
      GuidanceOption("seg_guidance_scale", \.disturbedScale), GuidanceOption("seg_blur_sigma", \.blurSigma, 1e-3...1e9),
      GuidanceOption("seg_blur_threshold_inf", \.blurThreshold, 0...1e9),
      GuidanceOption(startOption, \.disturbedStart), GuidanceOption("seg_guidance_stop", \.disturbedStop),
      GuidanceOption("seg_guidance_layers", \.layers), formulation,
    ]
  }

  package var disturbance: Disturbance? {
    Disturbance(.blurredQueries(sigma: blurSigma > blurThreshold ? nil : blurSigma), layers: layers)
  }
}

/// Skip-layer guidance, on videos spatio-temporal guidance (arXiv:2411.18664).
package struct SkipLayerGuidance: DisturbedGuidance {
  package var usesOriginalFormulation = false
  package var disturbedScale: Float = 2.8
  package var disturbedStart = 0.01
  package var disturbedStop = 0.2
  package var layers: [String] = []

  package init() {}

  static let startOption = "skip_layer_guidance_start"

  package static var options: [GuidanceOption<Self>] {
    [
      GuidanceOption("skip_layer_guidance_scale", \.disturbedScale), GuidanceOption(startOption, \.disturbedStart),
      GuidanceOption("skip_layer_guidance_stop", \.disturbedStop),
      GuidanceOption("skip_layer_guidance_layers", \.layers), formulation,
    ]
  }

  package var disturbance: Disturbance? { Disturbance(.skipped, layers: layers) }
}
