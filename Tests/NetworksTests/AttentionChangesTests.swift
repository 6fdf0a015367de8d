import Foundation
import NegativeSpaceLayers
import NegativeSpaceNetworks
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import Testing

/// Denoisers whose attention avoids a second text, or is disturbed in some blocks, against diffusers' networks with the
/// papers' formulas in their attention.
///
/// Made with: python Tests/NetworksTests/Fixtures/make_attention.py (torch 2.15, diffusers 0.39.0).
@Suite struct AttentionChangesTests {
  private static let rules: [(String, AttentionNegative)] = {
    var (euclidean, away, flip) = (NormalizedAttentionGuidance(), NegativeAwayGuidance(), ValueSignFlip())
    (euclidean.scale, euclidean.tau, euclidean.alpha, euclidean.norm) = (11, 1.2, 0.5, .l2)
    (away.alpha, flip.scale) = (0.3, 1.5)
    return [
      ("nag", .nag(NormalizedAttentionGuidance())), ("nag_l2", .nag(euclidean)), ("nasa", .nasa(away)),
      ("vsf", .vsf(flip)),
    ]
  }()

  private let expected: FixtureFile

  init() throws {
    expected = try FixtureFile(
      Bundle.module.url(forResource: "Fixtures/attention_changes", withExtension: "safetensors"))
  }

  private static func network(_ name: String) throws -> any Denoiser {
    let weights = WeightScope(FormulaWeights())
    return name == "unet3d"
      ? try UNet3DConditionModel(NetworkFixture(name, UNet3DConditionConfiguration.self).configuration, weights)
      : try UNet2DConditionModel(NetworkFixture(name, UNet2DConditionConfiguration.self).configuration, weights)
  }

  private static func latents(_ name: String) -> Tensor {
    Formula.tensor("latents", name == "unet3d" ? [2, 4, 6, 5, 4] : [2, 9, 7, 4])
  }

  private func predict(
    _ name: String, text: Tensor = Formula.tensor("text", [2, 7, 24]), changes: AttentionChanges?,
    isCheckpointed: Bool = false
  ) throws -> Tensor {
    let network = try Self.network(name)
    return network.predict(
      Self.latents(name),
      DenoiserInputs(timesteps: [7, 801], text: text, isCheckpointed: isCheckpointed, changes: changes))
  }

  private func expect(_ name: String, _ found: Tensor) throws {
    let distance = relativeDistance(found, try expected.tensor(name))
    #expect(distance <= 1e-5, "\(name) is \(distance) away")
  }

  @Test(arguments: ["unet2d_sd1", "unet3d"], [false, true])
  func `A text is avoided in every cross-attention as the formulas say, gradients too`(
    name: String, isCheckpointed: Bool
  ) throws {
    for (key, rule) in Self.rules {
      let text = Formula.tensor("text", [2, 7, 24]).requiringGradient
      let negative = Formula.tensor("negative", [2, 5, 24]).requiringGradient
      let output = try predict(
        name, text: text, changes: AttentionChanges(avoided: AvoidedText(negative, by: rule)),
        isCheckpointed: isCheckpointed)
      try expect("\(name).\(key)", output)
      let gradients = (output * Formula.tensor("r", output.shape)).sum().gradients(of: [text, negative])
      try expect("\(name).\(key).gradient.text", gradients[0])
      try expect("\(name).\(key).gradient.negative", gradients[1])
    }
  }

  @Test func `Keys and values that are kept change no bit`() throws {
    let negative = Formula.tensor("negative", [2, 5, 24])
    for (_, rule) in Self.rules {
      let network = try Self.network("unet2d_sd1")
      func run(_ projections: TextProjections?) -> [Float] {
        network.predict(
          Self.latents("unet2d_sd1"),
          DenoiserInputs(
            timesteps: [7], text: Formula.tensor("text", [2, 7, 24]),
            changes: AttentionChanges(avoided: AvoidedText(negative, by: rule, projections: projections)))
        ).floats
      }
      let kept = TextProjections()
      let (first, second, plain) = (run(kept), run(kept), run(nil))
      #expect(first == plain && second == plain)
    }
  }

  @Test(arguments: ["unet2d_sd1", "unet3d"])
  func `Blocks are disturbed as in PAG, SEG and SLG`(name: String) throws {
    let places = try Self.network(name).transformerBlocks.map(\.name)
    func disturbed(_ change: DisturbedBlocks.Change, _ layer: String) throws -> Tensor {
      let names = Set(places.filter { $0.hasPrefix(layer + ".") })
      #expect(!names.isEmpty)
      return try predict(name, changes: AttentionChanges(disturbed: DisturbedBlocks(change, names: names)))
    }
    let outer = name == "unet3d" ? "up_blocks.1.attentions.1" : "down_blocks.0.attentions.0"
    try expect("\(name).pag", disturbed(.identityAttention, "mid_block"))
    try expect("\(name).slg", disturbed(.skipped, "mid_block"))
    try expect("\(name).seg", disturbed(.blurredQueries(QueryBlur(sigma: 0.8)), outer))
    try expect("\(name).seg_mean", disturbed(.blurredQueries(QueryBlur(sigma: nil)), outer))
  }

  @Test func `Blocks are named as the weights are, in every kind of network`() throws {
    func places(_ network: any Denoiser, _ weights: FormulaWeights) {
      let names = network.transformerBlocks.map(\.name)
      let owners = weights.shapes.keys.filter { $0.hasSuffix(".attn1.to_q.weight") }
        .map { String($0.dropLast(".attn1.to_q.weight".count)) }
      #expect(Set(names) == Set(owners) && names.count == owners.count)
    }
    let weights = (0..<4).map { _ in FormulaWeights() }
    places(
      try UNet2DConditionModel(
        NetworkFixture("unet2d_sd1", UNet2DConditionConfiguration.self).configuration, WeightScope(weights[0])),
      weights[0])
    places(
      try UNet3DConditionModel(
        NetworkFixture("unet3d", UNet3DConditionConfiguration.self).configuration, WeightScope(weights[1])), weights[1])
    places(
      try LVDMUNetModel(NetworkFixture("lvdm_vc2", LVDMUNetConfiguration.self).configuration, WeightScope(weights[2])),
      weights[2])
  }
}
