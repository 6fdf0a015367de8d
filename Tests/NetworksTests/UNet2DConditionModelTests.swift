import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceNetworks
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import Testing

@Suite struct UNet2DConditionModelTests {
  private let timesteps: [Float] = [7, 801]

  @Test(arguments: [false, true])
  func `The SD 1 form equals diffusers on odd sizes, gradients too`(isCheckpointed: Bool) throws {
    let fixture = try NetworkFixture("unet2d_sd1", UNet2DConditionConfiguration.self)
    let names = [
      "conv_in.weight", "time_embedding.linear_1.bias", "down_blocks.0.resnets.1.time_emb_proj.weight",
      "down_blocks.0.attentions.0.proj_in.weight", "mid_block.attentions.0.transformer_blocks.0.attn2.to_k.weight",
      "up_blocks.1.resnets.2.norm1.weight",
    ]
    let weights = FormulaWeights(gradientsOf: names)
    let unet = try UNet2DConditionModel(fixture.configuration, WeightScope(weights))
    fixture.expectSameParameters(weights)
    let latents = Formula.tensor("latents", [2, 9, 7, 4]).requiringGradient
    let text = Formula.tensor("text", [2, 7, 24]).requiringGradient
    let output = unet(latents, timesteps: timesteps, text: text, isCheckpointed: isCheckpointed)
    try fixture.expect("output", output)
    try fixture.expectGradients(
      of: output, inputs: ["latents": latents, "text": text], weights: weights, among: names + ["latents", "text"])
  }

  @Test func `Added residuals equal diffusers`() throws {
    let fixture = try NetworkFixture("unet2d_sd1", UNet2DConditionConfiguration.self)
    let unet = try UNet2DConditionModel(fixture.configuration, WeightScope(FormulaWeights()))
    let output = unet(
      Formula.tensor("latents", [2, 9, 7, 4]), timesteps: timesteps, text: Formula.tensor("text", [2, 7, 24]),
      residuals: fixture.residuals)
    try fixture.expect("controlled", output)
  }

  @Test func `The SD 2 form equals diffusers, gradients too`() throws {
    let fixture = try NetworkFixture("unet2d_sd2", UNet2DConditionConfiguration.self)
    let names = [
      "down_blocks.1.attentions.0.proj_out.weight", "up_blocks.0.upsamplers.0.conv.bias",
      "mid_block.attentions.0.transformer_blocks.0.ff.net.0.proj.bias",
    ]
    let weights = FormulaWeights(gradientsOf: names)
    let unet = try UNet2DConditionModel(fixture.configuration, WeightScope(weights))
    fixture.expectSameParameters(weights)
    let latents = Formula.tensor("latents", [2, 8, 12, 4]).requiringGradient
    let text = Formula.tensor("text", [2, 7, 40]).requiringGradient
    let output = unet(latents, timesteps: timesteps, text: text)
    try fixture.expect("output", output)
    try fixture.expectGradients(
      of: output, inputs: ["latents": latents, "text": text], weights: weights, among: names + ["latents", "text"])
  }

  @Test func `In bfloat16 the output is float32 as the latents are, and near diffusers`() throws {
    let fixture = try NetworkFixture("unet2d_sd1", UNet2DConditionConfiguration.self)
    let unet = try UNet2DConditionModel(fixture.configuration, WeightScope(FormulaWeights(dtype: .bfloat16)))
    let output = unet(
      Formula.tensor("latents", [2, 9, 7, 4]), timesteps: timesteps, text: Formula.tensor("text", [2, 7, 24]))
    #expect(output.dtype == .float32)
    try fixture.expect("output", output, within: 3e-2)
  }

  @Test func `One timestep serves a whole batch`() throws {
    let fixture = try NetworkFixture("unet2d_sd2", UNet2DConditionConfiguration.self)
    let unet = try UNet2DConditionModel(fixture.configuration, WeightScope(FormulaWeights()))
    let (latents, text) = (Formula.tensor("latents", [2, 8, 12, 4]), Formula.tensor("text", [2, 7, 40]))
    let one = unet(latents, timesteps: [801], text: text)
    let each = unet(latents, timesteps: [801, 801], text: text)
    #expect(relativeDistance(one, each) <= 1e-6)
    // The reference had 801 for its second sample.
    let second = try fixture.expected("output").slice(axis: 0, from: 1, to: 2)
    #expect(relativeDistance(one.slice(axis: 0, from: 1, to: 2), second) <= 1e-5)
  }
}
