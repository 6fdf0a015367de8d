package import NegativeSpaceTensors

/// A rule that makes one output of those of the branches of guidance; diffusers calls it a guider.
///
/// It knows no network. What it remembers from call to call is handed to it, so that a run can be copied.
package protocol GuidanceRule: Sendable {
  /// The rule with diffusers' defaults.
  init()

  /// What can be set, by diffusers' names.
  static var options: [GuidanceOption<Self>] { get }

  /// Whether the shift starts at the conditional output, as in the first paper, and not at the unconditional one.
  var usesOriginalFormulation: Bool { get set }

  /// The network that runs beside the model as it is, in one of the branches; nil for rules with the model alone.
  var disturbance: Disturbance? { get }

  /// The problem of options that do not go together: which one, its value, and what it should be.
  var conflict: (option: String, found: String, expected: String)? { get }

  /// Whether the unconditional branch runs, where the guidance's interval lets it.
  func isActive(scale: Float, at call: ModelCall) -> Bool

  /// Whether a third branch runs: the conditional one through the disturbed network.
  func isDisturbed(at call: ModelCall) -> Bool

  /// The guided output, before it is rescaled.
  ///
  /// - Parameters:
  ///   - outputs: of the branches that run at this call.
  ///   - scale: γ.
  func guided(
    _ outputs: BranchOutputs, scale: Float, at call: ModelCall, memory: inout GuidanceMemory
  ) -> Tensor
}

/// What the network said in each branch at one call: (B, …, C), channels last.
package struct BranchOutputs: Sendable {
  package var conditional: Tensor
  /// nil where the branch does not run.
  package var unconditional: Tensor?
  /// Of the conditional branch through the disturbed network; nil where that does not run.
  package var disturbed: Tensor?

  package init(conditional: Tensor, unconditional: Tensor? = nil, disturbed: Tensor? = nil) {
    (self.conditional, self.unconditional, self.disturbed) = (conditional, unconditional, disturbed)
  }
}

/// The memory of a rule between the calls of a run; empty at its start.
package struct GuidanceMemory: Sendable {
  /// A running sum of the differences of the branches.
  package var momentum: Tensor?

  package init() {}
}

extension GuidanceRule {
  package var disturbance: Disturbance? { nil }

  package var conflict: (option: String, found: String, expected: String)? { nil }

  package func isActive(scale: Float, at call: ModelCall) -> Bool { scale > (usesOriginalFormulation ? 0 : 1) }

  package func isDisturbed(at call: ModelCall) -> Bool { false }

  /// ε₀ + γ Δ, where ε₀ is the unconditional output, or in the original formulation the conditional one.
  func shifted(_ conditional: Tensor, _ unconditional: Tensor, _ scale: Float, along shift: Tensor) -> Tensor {
    (usesOriginalFormulation ? conditional : unconditional) + scale * shift
  }

  /// The option that all rules have.
  static var formulation: GuidanceOption<Self> {
    GuidanceOption("use_original_formulation", \.usesOriginalFormulation)
  }
}

extension Tensor {
  /// The axes of one sample: all but the first.
  var sampleAxes: [Int] { Array(1..<rank) }

  /// The scalar product with `other` over some axes, which stay as size 1.
  func inner(_ other: Tensor, over axes: [Int]) -> Tensor { (self * other).sum(axes: axes, keepDims: true) }

  /// The Euclidean norm over some axes, which stay as size 1; its slope is finite at 0.
  func norm(over axes: [Int]) -> Tensor { (inner(self, over: axes) + 1e-20).sqrt() }

  /// This tensor with the part along `direction` weighted by `weight`, over some axes.
  func weighted(along direction: Tensor, by weight: Float, over axes: [Int]) -> Tensor {
    let unit = direction / direction.norm(over: axes)
    let parallel = inner(unit, over: axes) * unit
    return (self - parallel) + weight * parallel
  }
}
