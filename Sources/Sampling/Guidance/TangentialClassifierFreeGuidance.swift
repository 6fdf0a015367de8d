package import NegativeSpaceTensors

/// Tangential damping classifier-free guidance (arXiv:2503.18137): of the unconditional output only the part along the
/// direction that both branches share.
///
/// ε(n) becomes (v₁ · ε(n)) v₁ with v₁ the first right singular vector of the rows ε(c), ε(n) (equation 8), as
/// diffusers' `TangentialClassifierFreeGuidance`.
package struct TangentialClassifierFreeGuidance: GuidanceRule {
  package var usesOriginalFormulation = false

  package init() {}

  package static var options: [GuidanceOption<Self>] { [formulation] }

  /// With the Gram matrix G of the two rows, eigenvalues λ₁ ≥ λ₂ and u₁ = (p, q) the first one's vector, the part is
  /// p q ε(c) + q² ε(n), and (G − λ₂) / (λ₁ − λ₂) holds p q and q²: no singular vectors are needed.
  package func guided(
    _ outputs: BranchOutputs, scale: Float, at call: ModelCall, memory: inout GuidanceMemory
  ) -> Tensor {
    let conditional = outputs.conditional
    guard let unconditional = outputs.unconditional else { return conditional }
    let axes = conditional.sampleAxes
    let mixed = conditional.inner(unconditional, over: axes)
    let difference = unconditional.inner(unconditional, over: axes) - conditional.inner(conditional, over: axes)
    // λ₁ − λ₂
    let gap = (difference.square() + 4 * mixed.square() + 1e-20).sqrt()
    let part = (mixed / gap) * conditional + (0.5 * (difference / gap) + 0.5) * unconditional
    return shifted(conditional, part, scale, along: conditional - part)
  }
}
