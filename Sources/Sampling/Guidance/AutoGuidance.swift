package import NegativeSpaceTensors

/// Autoguidance (arXiv:2406.02507): away from what a worse version of the model says.
///
/// The worse version is the model without some blocks, in the unconditional branch, as in diffusers' `AutoGuidance` with
/// a dropout of 1; another network in that branch is the request's own business.
package struct AutoGuidance: GuidanceRule {
  package var usesOriginalFormulation = false
  package var layers: [String] = []

  package init() {}

  package static var options: [GuidanceOption<Self>] {
    [GuidanceOption("auto_guidance_layers", \.layers), formulation]
  }

  package var disturbance: Disturbance? { Disturbance(.skipped, layers: layers, isUnconditional: true) }

  package func guided(
    _ outputs: BranchOutputs, scale: Float, at call: ModelCall, memory: inout GuidanceMemory
  ) -> Tensor {
    let conditional = outputs.conditional
    guard let unconditional = outputs.unconditional else { return conditional }
    return shifted(conditional, unconditional, scale, along: conditional - unconditional)
  }
}
