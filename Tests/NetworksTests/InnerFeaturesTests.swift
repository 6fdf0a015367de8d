import NegativeSpaceLayers
import NegativeSpaceNetworks
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import Testing

/// DeepCache: inner blocks replaced by what they came to before.
@Suite struct InnerFeaturesTests {
  private let now: [Float] = [7, 801]
  private let later: [Float] = [3, 760]

  @Test func `With features of an earlier step the output is that of diffusers whose last block is given the same`()
    throws
  {
    let fixture = try NetworkFixture("unet2d_sd2", UNet2DConditionConfiguration.self)
    let unet = try UNet2DConditionModel(fixture.configuration, WeightScope(FormulaWeights()))
    let features = InnerFeatures(interval: 2)
    let text = Formula.tensor("text", [2, 7, 40])
    let first = unet(Formula.tensor("latents", [2, 8, 12, 4]), timesteps: now, text: text, reusing: features)
    try fixture.expect("output", first)
    let second = unet(Formula.tensor("later", [2, 8, 12, 4]), timesteps: later, text: text, reusing: features)
    try fixture.expect("reused", second)
    // The third step in a row computes everything again.
    let third = unet(Formula.tensor("latents", [2, 8, 12, 4]), timesteps: now, text: text, reusing: features)
    #expect(third.floats == first.floats)
  }

  @Test func `An interval of one reuses nothing, and neither does another batch`() throws {
    let fixture = try NetworkFixture("unet2d_sd2", UNet2DConditionConfiguration.self)
    let unet = try UNet2DConditionModel(fixture.configuration, WeightScope(FormulaWeights()))
    let (one, half) = (InnerFeatures(interval: 1), InnerFeatures(interval: 2))
    let (latents, text) = (Formula.tensor("later", [2, 8, 12, 4]), Formula.tensor("text", [2, 7, 40]))
    _ = unet(Formula.tensor("latents", [2, 8, 12, 4]), timesteps: now, text: text, reusing: one)
    _ = unet(
      Formula.tensor("latents", [1, 8, 12, 4]), timesteps: [7], text: text.slice(axis: 0, from: 0, to: 1), reusing: half
    )
    let expected = unet(latents, timesteps: later, text: text).floats
    #expect(unet(latents, timesteps: later, text: text, reusing: one).floats == expected)
    #expect(unet(latents, timesteps: later, text: text, reusing: half).floats == expected)
  }

  @Test func `Video networks come to the same with features of the same step`() throws {
    let (latents, text) = (Formula.tensor("latents", [2, 3, 6, 4, 4]), Formula.tensor("text", [2, 7, 24]))
    func check(_ call: (InnerFeatures?) -> Tensor) {
      let features = InnerFeatures(interval: 2)
      let first = call(features)
      let second = call(features)
      #expect(first.floats == call(nil).floats)
      #expect(relativeDistance(second, first) < 1e-6)
    }
    let unet3D = try UNet3DConditionModel(
      NetworkFixture("unet3d", UNet3DConditionConfiguration.self).configuration, WeightScope(FormulaWeights()))
    check { unet3D(latents, timesteps: now, text: text, reusing: $0) }
    let lvdm = try LVDMUNetModel(
      NetworkFixture("lvdm_vc2", LVDMUNetConfiguration.self).configuration, WeightScope(FormulaWeights()))
    check { lvdm(latents, timesteps: now, text: text, fps: [28, 8], reusing: $0) }
  }
}
