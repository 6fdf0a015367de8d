import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceNetworks
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import Testing

@Suite struct ControlNetModelTests {
  /// All residuals in one row, as Fixtures/make_networks.py has them.
  private func row(_ residuals: UNetResiduals) -> Tensor {
    Tensor.concatenate((residuals.down + [residuals.middle]).map { $0.reshaped([-1]) }, axis: 0)
  }

  @Test(arguments: [false, true])
  func `The SD 1 form equals diffusers on odd sizes, gradients too`(isCheckpointed: Bool) throws {
    let fixture = try NetworkFixture("controlnet_sd1", ControlNetConfiguration.self)
    let names = [
      "controlnet_cond_embedding.conv_in.weight", "controlnet_cond_embedding.blocks.3.bias",
      "controlnet_down_blocks.4.weight", "controlnet_mid_block.bias", "conv_in.weight",
      "mid_block.attentions.0.transformer_blocks.0.attn2.to_k.weight",
    ]
    let weights = FormulaWeights(gradientsOf: names)
    let network = try ControlNetModel(fixture.configuration, WeightScope(weights))
    fixture.expectSameParameters(weights)
    #expect(fixture.configuration.factor == 4)
    let inputs = [
      "latents": Formula.tensor("latents", [2, 9, 7, 4]).requiringGradient,
      "text": Formula.tensor("text", [2, 7, 24]).requiringGradient,
      "pictures": Formula.tensor("pictures", [2, 35, 27, 3]).requiringGradient,
    ]
    let (latents, text) = (try #require(inputs["latents"]), try #require(inputs["text"]))
    let output = row(
      network(
        latents, timesteps: [7, 801], text: text, control: network.embedding(of: try #require(inputs["pictures"])),
        strength: 0.75, isCheckpointed: isCheckpointed))
    try fixture.expect("output", output)
    try fixture.expectGradients(
      of: output, inputs: inputs, weights: weights, among: names + ["latents", "text", "pictures"])
  }

  @Test func `The SD 2 form, blue first and averaged, with one picture for a batch equals diffusers`() throws {
    let fixture = try NetworkFixture("controlnet_sd2", ControlNetConfiguration.self)
    let names = ["controlnet_down_blocks.0.weight", "time_embedding.linear_1.bias"]
    let weights = FormulaWeights(gradientsOf: names)
    let network = try ControlNetModel(fixture.configuration, WeightScope(weights))
    fixture.expectSameParameters(weights)
    let pictures = Formula.tensor("pictures", [1, 16, 24, 3]).requiringGradient
    let residuals = network(
      Formula.tensor("latents", [2, 8, 12, 4]), timesteps: [7, 801], text: Formula.tensor("text", [2, 7, 40]),
      control: network.embedding(of: pictures), strength: 0.75)
    #expect(residuals.middle.shape == [2, 1, 1, 48])
    let output = row(residuals)
    try fixture.expect("output", output)
    try fixture.expectGradients(
      of: output, inputs: ["pictures": pictures], weights: weights, among: names + ["pictures"])
  }

  @Test func `Before training it adds nothing`() throws {
    let fixture = try NetworkFixture("controlnet_sd1", ControlNetConfiguration.self)
    let network = try ControlNetModel(fixture.configuration, WeightScope(RandomWeights(seed: 1)))
    let residuals = network(
      Formula.tensor("latents", [1, 4, 4, 4]), timesteps: [7], text: Formula.tensor("text", [1, 7, 24]),
      control: network.embedding(of: Formula.tensor("pictures", [1, 16, 16, 3])))
    #expect(row(residuals).floats.allSatisfy { $0 == 0 })
  }

  @Test func `In bfloat16 it stays near diffusers`() throws {
    let fixture = try NetworkFixture("controlnet_sd1", ControlNetConfiguration.self)
    let network = try ControlNetModel(fixture.configuration, WeightScope(FormulaWeights(dtype: .bfloat16)))
    let residuals = network(
      Formula.tensor("latents", [2, 9, 7, 4]), timesteps: [7, 801], text: Formula.tensor("text", [2, 7, 24]),
      control: network.embedding(of: Formula.tensor("pictures", [2, 35, 27, 3])), strength: 0.75)
    try fixture.expect("output", row(residuals).cast(to: .float32), within: 3e-2)
  }
}
