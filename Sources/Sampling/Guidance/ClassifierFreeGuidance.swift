package import NegativeSpaceTensors

/// Classifier-free guidance (arXiv:2207.12598): away from the unconditional output, towards the conditional one.
///
/// ε̂ = ε(n) + γ (ε(c) − ε(n)), as diffusers' `ClassifierFreeGuidance`.
package struct ClassifierFreeGuidance: GuidanceRule {
  package var usesOriginalFormulation = false

  package init() {}

  package static var options: [GuidanceOption<Self>] { [formulation] }

  package func guided(
    _ outputs: BranchOutputs, scale: Float, at call: ModelCall, memory: inout GuidanceMemory
  ) -> Tensor {
    let conditional = outputs.conditional
    guard let unconditional = outputs.unconditional else { return conditional }
    return shifted(conditional, unconditional, scale, along: conditional - unconditional)
  }
}
