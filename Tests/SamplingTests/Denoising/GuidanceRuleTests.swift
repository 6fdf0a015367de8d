import Foundation
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import Testing

@testable import NegativeSpaceSampling

/// The rules of guidance against diffusers' guiders, call by call.
///
/// Made with: python Tests/SamplingTests/Fixtures/make_guiders.py (torch 2.15, diffusers at 58eb52c, kornia 0.9.0).
struct GuidanceRuleTests {
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let rule: GuidanceRuleName
    let scale: Float
    let rescale: Float
    let interval: [Float]
    let options: [String: String]

    var testDescription: String { "\(rule.rawValue) \(options)" }

    static func all() -> [Case] { (try? Fixtures.read("guiders")) ?? [] }

    func guidance() throws -> Guidance {
      Guidance(scale: scale, rescale: rescale, interval: interval[0]...interval[1], rule: try rule.rule(options))
    }
  }

  private static let steps = 8
  private static let forms = ["picture": [2, 8, 12, 2], "video": [1, 2, 8, 12, 2]]

  /// Outputs as the script makes them.
  private static func outputs(_ form: String, _ step: Int, _ guidance: Guidance) -> BranchOutputs {
    let call = ModelCall(index: step, count: steps, timestep: 0)
    func branch(_ name: String) -> Tensor { Formula.tensor("\(form).\(name).\(step)", forms[form] ?? []) }
    let conditional = branch("c")
    return BranchOutputs(
      conditional: conditional,
      unconditional: guidance.isActive(at: call) ? 0.8 * conditional + 0.3 * branch("u") : nil,
      disturbed: guidance.rule.isDisturbed(at: call) ? conditional + 0.2 * branch("d") : nil)
  }

  @Test func `There are cases for every rule`() {
    #expect(Set(Case.all().map(\.rule)) == Set(GuidanceRuleName.allCases))
  }

  @Test(arguments: Array(Case.all().enumerated()).map { ($0.offset, $0.element) }, ["picture", "video"])
  func `A run of calls is guided as by diffusers`(_ numbered: (Int, Case), form: String) throws {
    let url = Bundle.module.url(forResource: "Fixtures/guiders", withExtension: "safetensors")
    let expected = try FixtureFile(url)
    let guidance = try numbered.1.guidance()
    var memory = GuidanceMemory()
    for step in 0..<Self.steps {
      let outputs = Self.outputs(form, step, guidance)
      let call = ModelCall(index: step, count: Self.steps, timestep: 0)
      let found = guidance.combine(outputs, at: call, memory: &memory)
      let reference = try expected.tensor("\(numbered.0).\(form).\(step)")
      // diffusers' rescaling divides zeros by zeros.
      if reference.floats.contains(where: \.isNaN) {
        #expect(found.floats.allSatisfy { $0 == 0 })
        continue
      }
      let distance = relativeDistance(found, reference)
      // Projections and singular vectors are in double precision there, and sums of float32 products in ours.
      #expect(distance <= 1e-5, "step \(step) is \(distance) away")
    }
  }

  @Test(arguments: GuidanceRuleName.allCases)
  func `Gradients pass to the unconditional output as finite differences say`(name: GuidanceRuleName) throws {
    let guidance = Guidance(scale: 3, rescale: 0.3, rule: try name.rule())
    let call = ModelCall(index: 3, count: 8, timestep: 0)
    var outputs = Self.outputs("picture", 3, guidance)
    let unconditional = try #require(outputs.unconditional)
    let weights = Formula.tensor("w", unconditional.shape)
    func score(_ unconditional: Tensor) -> Tensor {
      var memory = GuidanceMemory()
      outputs.unconditional = unconditional
      return (guidance.combine(outputs, at: call, memory: &memory) * weights).sum()
    }
    let leaf = unconditional.requiringGradient
    let gradient = score(leaf).gradients(of: [leaf])[0]
    let (direction, step) = (Formula.tensor("direction", unconditional.shape), Float(1e-2))
    let slope =
      (score(unconditional + step * direction).item - score(unconditional - step * direction).item) / (2 * step)
    let expected = (gradient * direction).sum().item
    #expect(abs(slope - expected) <= 1e-2 * max(1, abs(expected)), "\(expected) by gradients, \(slope) by differences")
  }

  @Test func `Equal branches leave the gradient finite`() throws {
    for name in GuidanceRuleName.allCases {
      let guidance = Guidance(scale: 3, rule: try name.rule())
      let leaf = Formula.tensor("x", [1, 4, 4, 2]).requiringGradient
      var memory = GuidanceMemory()
      let guided = guidance.combine(
        BranchOutputs(conditional: leaf.detached, unconditional: leaf),
        at: ModelCall(index: 3, count: 8, timestep: 0), memory: &memory)
      #expect(guided.square().sum().gradients(of: [leaf])[0].isFinite, "\(name)")
    }
  }

  /// diffusers takes another level's output there.
  @Test func `A level of frequencies that is not guided keeps the conditional output`() throws {
    let rule = try GuidanceRuleName.fdg.rule(["guidance_scales": "9,4", "start": "0,0.9"])
    let same = try GuidanceRuleName.fdg.rule(["guidance_scales": "9,1"])
    let call = ModelCall(index: 3, count: 8, timestep: 0)
    var memory = GuidanceMemory()
    let outputs = Self.outputs("picture", 3, Guidance(scale: 2))
    let found = [rule, same].map { Guidance(scale: 2, rule: $0).combine(outputs, at: call, memory: &memory).floats }
    #expect(found[0] == found[1])
  }

  @Test(arguments: [[1, 5, 7, 3], [1, 12, 20, 2], [2, 16, 9, 1], [1, 1, 1, 2]])
  func `A pyramid is put together again to the picture it was made of`(shape: [Int]) {
    let picture = Formula.tensor("p", shape)
    let pyramid = LaplacianPyramid(height: shape[1], width: shape[2], levels: 3)
    #expect(relativeDistance(pyramid.picture(of: pyramid.levels(of: picture)), picture) < 1e-6)
  }

  @Test(arguments: [
    (GuidanceRuleName.apg, "momentum", "1", "adaptive_projected_guidance_momentum"),
    (.apg, "eta", "high", "a number from -1000 to 1000"), (.cfgZeroStar, "zero_init_steps", "-1", "whole number"),
    (.fdg, "guidance_scales", "", "several"), (.fdg, "stop", "0.1,0.2,0.3", "or 2 as there are guidance_scales"),
    (.fdg, "guidance_rescale_space", "time", "data or freq"), (.pag, "perturbed_guidance_start", "0.7", "at most 0.2"),
    (.cfg, "use_original_formulation", "1", "true or false"), (.seg, "seg_blur_sigma", "0", "0.001"),
    (.apg, "adaptive_projected_guidance_norm_dim", "1,1", "different axes"),
  ])
  func `Options that cannot be followed are refused`(
    rule: GuidanceRuleName, option: String, value: String, hint: String
  ) {
    do {
      _ = try rule.rule([option: value])
      Issue.record("\(option)=\(value) was taken")
    } catch {
      #expect("\(error)".contains(hint) && "\(error)".contains("\(option)=\(value)"), "\(error)")
    }
  }

  @Test func `A level of FDG that ends before it begins is refused`() throws {
    #expect(throws: (any Error).self) { try GuidanceRuleName.fdg.rule(["start": "0,0.9", "stop": "0.5,0.1"]) }
    _ = try GuidanceRuleName.fdg.rule(["start": "0,0.1", "stop": "0.5,0.1"])
  }

  @Test(arguments: GuidanceRuleName.allCases)
  func `A rule's defaults are values that its options take`(name: GuidanceRuleName) throws {
    let defaults = name.options.filter { !$0.name.hasSuffix("_layers") }
    _ = try name.rule(Dictionary(uniqueKeysWithValues: defaults.map { ($0.name, $0.value) }))
  }
}
