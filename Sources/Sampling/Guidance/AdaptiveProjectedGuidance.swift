package import NegativeSpaceTensors

/// Adaptive projected guidance (arXiv:2410.02416): the difference of the branches with momentum, with a bound, and with
/// less of what lies along the conditional output.
///
/// ε̂ = ε(n) + γ (Δ⊥ + η Δ∥) with Δ ← Δ + β Δ_before, Δ ← Δ min(1, r / ‖Δ‖) (algorithm 1), as diffusers'
/// `AdaptiveProjectedGuidance`.
package struct AdaptiveProjectedGuidance: GuidanceRule {
  package var usesOriginalFormulation = false
  /// β; nil leaves earlier calls out.
  package var momentum: Float?
  /// r; 0 leaves the difference as long as it is.
  package var rescale: Float = 15
  /// The axes of norm and projection, in PyTorch's order (B, C, H, W) or (B, C, F, H, W); nil is all but the first.
  package var normAxes: [Int]?
  /// η.
  package var eta: Float = 1

  package init() {}

  package static var options: [GuidanceOption<Self>] {
    [
      GuidanceOption("adaptive_projected_guidance_momentum", \.momentum, -1...1),
      GuidanceOption("adaptive_projected_guidance_rescale", \.rescale, 0...1_000_000),
      GuidanceOption("adaptive_projected_guidance_norm_dim", \.normAxes), GuidanceOption("eta", \.eta), formulation,
    ]
  }

  package var conflict: (option: String, found: String, expected: String)? {
    guard let normAxes, normAxes.contains(where: { !(-4...4).contains($0) }) || Set(normAxes).count < normAxes.count
    else { return nil }
    return (
      "adaptive_projected_guidance_norm_dim", normAxes.map { "\($0)" }.joined(separator: ","),
      "different axes of (B, C, H, W) or (B, C, F, H, W), such as -1,-2"
    )
  }

  package func guided(
    _ outputs: BranchOutputs, scale: Float, at call: ModelCall, memory: inout GuidanceMemory
  ) -> Tensor {
    let conditional = outputs.conditional
    guard let unconditional = outputs.unconditional else { return conditional }
    var difference = conditional - unconditional
    if let momentum { difference = memory.accumulated(difference, momentum) }
    let axes = normAxes.map { Self.axes($0, rank: conditional.rank) } ?? conditional.sampleAxes
    return shifted(
      conditional, unconditional, scale,
      along: difference.limited(to: rescale, over: axes).weighted(along: conditional, by: eta, over: axes))
  }

  /// PyTorch's axes in the order of this package, channels last.
  private static func axes(_ axes: [Int], rank: Int) -> [Int] {
    axes.map { axis in
      let place = min(max(axis < 0 ? axis + rank : axis, 0), rank - 1)
      return place == 0 ? 0 : place == 1 ? rank - 1 : place - 1
    }
  }
}

/// Classifier-free guidance in the first steps, adaptive projected guidance after them, each with its own scale, as
/// diffusers' `AdaptiveProjectedMixGuidance`.
package struct AdaptiveProjectedMixGuidance: GuidanceRule {
  package var usesOriginalFormulation = false
  /// γ of the projected steps; `scale` is that of the first ones.
  package var projectedScale: Float = 10
  package var momentum: Float? = -0.5
  package var rescale: Float = 10
  package var eta: Float = 0
  /// The last call before projection.
  package var startStep = 5

  package init() {}

  package static var options: [GuidanceOption<Self>] {
    [
      GuidanceOption("adaptive_projected_guidance_scale", \.projectedScale),
      GuidanceOption("adaptive_projected_guidance_momentum", \.momentum, -1...1),
      GuidanceOption("adaptive_projected_guidance_rescale", \.rescale, 0...1_000_000), GuidanceOption("eta", \.eta),
      GuidanceOption("adaptive_projected_guidance_start_step", \.startStep), formulation,
    ]
  }

  package func guided(
    _ outputs: BranchOutputs, scale: Float, at call: ModelCall, memory: inout GuidanceMemory
  ) -> Tensor {
    let conditional = outputs.conditional
    guard let unconditional = outputs.unconditional else { return conditional }
    let plain = conditional - unconditional
    let difference = momentum.map { memory.accumulated(plain, $0) } ?? plain
    guard call.index > startStep, projectedScale != (usesOriginalFormulation ? 0 : 1) else {
      return shifted(conditional, unconditional, scale, along: plain)
    }
    let axes = conditional.sampleAxes
    return shifted(
      conditional, unconditional, projectedScale,
      along: difference.limited(to: rescale, over: axes).weighted(along: conditional, by: eta, over: axes))
  }
}

extension GuidanceMemory {
  /// A difference with what is left of the earlier ones.
  mutating func accumulated(_ difference: Tensor, _ share: Float) -> Tensor {
    let sum = momentum.map { difference + share * $0 } ?? difference
    momentum = sum
    return sum
  }
}

extension Tensor {
  /// Shortened to `length` where it is longer, over some axes; 0 is no bound.
  fileprivate func limited(to length: Float, over axes: [Int]) -> Tensor {
    guard length > 0 else { return self }
    let ratio = length / norm(over: axes)
    return self * Tensor.minimum(Tensor(repeating: 1, shape: ratio.shape), ratio)
  }
}
