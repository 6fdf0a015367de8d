import NegativeSpaceConfiguration
import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceNetworks
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import Testing

/// VideoCrafter's own code: Fixtures/make_lvdm.py.
@Suite struct LVDMUNetModelTests {
  @Test(arguments: [false, true])
  func `VideoCrafter2's kind equals the original, gradients too`(isCheckpointed: Bool) throws {
    let names = [
      "fps_embedding.0.weight", "init_attn.0.proj_in.weight", "input_blocks.1.0.temopral_conv.conv4.3.weight",
      "middle_block.2.transformer_blocks.0.attn2.to_k.weight", "output_blocks.1.1.conv.bias",
    ]
    let fixture = try NetworkFixture("lvdm_vc2", LVDMUNetConfiguration.self)
    let weights = FormulaWeights(gradientsOf: names)
    let unet = try LVDMUNetModel(fixture.configuration, WeightScope(weights))
    fixture.expectSameParameters(weights)
    let latents = Formula.tensor("latents", [2, 3, 6, 4, 4]).requiringGradient
    let text = Formula.tensor("text", [2, 7, 24]).requiringGradient
    let output = unet(latents, timesteps: [7, 801], text: text, fps: [28, 8], isCheckpointed: isCheckpointed)
    try fixture.expect("output", output)
    try fixture.expectGradients(
      of: output, inputs: ["latents": latents, "text": text], weights: weights, among: names + ["latents", "text"])
    try fixture.expect("slow", unet(latents.detached, timesteps: [7, 801], text: text.detached, fps: [8]))
  }

  @Test func `VideoCrafter1's kind equals the original, gradients too`() throws {
    let names = [
      "init_attn.0.transformer_blocks.0.attn1.relative_position_k.embeddings_table",
      "middle_block.2.transformer_blocks.0.attn2.relative_position_v.embeddings_table",
      "output_blocks.1.2.proj_in.weight",
    ]
    let fixture = try NetworkFixture("lvdm_vc1", LVDMUNetConfiguration.self)
    let weights = FormulaWeights(gradientsOf: names)
    let unet = try LVDMUNetModel(fixture.configuration, WeightScope(weights))
    fixture.expectSameParameters(weights)
    let latents = Formula.tensor("latents", [2, 5, 4, 4, 4]).requiringGradient
    let text = Formula.tensor("text", [2, 7, 24]).requiringGradient
    let output = unet(latents, timesteps: [7, 801], text: text)
    try fixture.expect("output", output)
    try fixture.expectGradients(
      of: output, inputs: ["latents": latents, "text": text], weights: weights, among: names + ["latents", "text"])
  }

  // PyTorch's autocast to bfloat16 is 1.8e-2 and 2.1e-2 away from its own float32 here.
  @Test(arguments: [("lvdm_vc2", [2, 3, 6, 4, 4], 2e-2), ("lvdm_vc1", [2, 5, 4, 4, 4], 2.2e-2)])
  func `In bfloat16 the output is near the original`(_ name: String, _ shape: [Int], _ bound: Double) throws {
    let fixture = try NetworkFixture(name, LVDMUNetConfiguration.self)
    let unet = try LVDMUNetModel(fixture.configuration, WeightScope(FormulaWeights(dtype: .bfloat16)))
    let output = unet(
      Formula.tensor("latents", shape), timesteps: [7, 801], text: Formula.tensor("text", [2, 7, 24]), fps: [28, 8])
    try fixture.expect("output", output, within: bound)
  }

  @Test func `Levels whose channels are no whole multiples, or that heads do not divide, are refused`() throws {
    func fields(of change: (inout LVDMUNetConfiguration) -> Void) -> String? {
      var configuration = LVDMUNetConfiguration()
      change(&configuration)
      let error = #expect(throws: ConfigurationError.self) {
        try LVDMUNetModel(configuration, WeightScope(RandomWeights(seed: 1)))
      }
      guard case .wrongValue(_, _, let field, _, _)? = error else { return nil }
      return field
    }
    #expect(fields { $0.channelMult = [1, 1.001] } == "channel_mult")
    #expect(fields { $0.channelMult = [2, 4] } == "channel_mult")
    #expect(fields { $0.channelMult = [] } == "channel_mult")
    #expect(fields { $0.numHeadChannels = 48 } == "num_head_channels")
    #expect(fields { $0.normNumGroups = 48 } == "norm_num_groups")
  }
}
