import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceNetworks
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import Testing

@Suite struct UNet3DConditionModelTests {
  private let names = [
    "transformer_in.proj_in.weight", "down_blocks.0.temp_convs.0.conv4.3.weight",
    "mid_block.temp_attentions.0.transformer_blocks.0.attn2.to_k.weight", "time_embedding.linear_1.bias",
    "up_blocks.1.resnets.1.norm1.weight",
  ]

  @Test(arguments: [false, true])
  func `Two videos of four frames equal diffusers, gradients too`(isCheckpointed: Bool) throws {
    let fixture = try NetworkFixture("unet3d", UNet3DConditionConfiguration.self)
    let weights = FormulaWeights(gradientsOf: names)
    let unet = try UNet3DConditionModel(fixture.configuration, WeightScope(weights))
    fixture.expectSameParameters(weights)
    let latents = Formula.tensor("latents", [2, 4, 6, 5, 4]).requiringGradient
    let text = Formula.tensor("text", [2, 7, 24]).requiringGradient
    let output = unet(latents, timesteps: [7, 801], text: text, isCheckpointed: isCheckpointed)
    try fixture.expect("output", output)
    try fixture.expectGradients(
      of: output, inputs: ["latents": latents, "text": text], weights: weights, among: names + ["latents", "text"])
  }

  @Test func `Videos of one frame equal diffusers`() throws {
    let fixture = try NetworkFixture("unet3d", UNet3DConditionConfiguration.self)
    let unet = try UNet3DConditionModel(fixture.configuration, WeightScope(FormulaWeights()))
    let latents = Formula.tensor("latents", [2, 4, 6, 5, 4]).slice(axis: 1, from: 0, to: 1)
    try fixture.expect("one_frame", unet(latents, timesteps: [500], text: Formula.tensor("text", [2, 7, 24])))
  }

  @Test func `In bfloat16 the output is near diffusers`() throws {
    let fixture = try NetworkFixture("unet3d", UNet3DConditionConfiguration.self)
    let unet = try UNet3DConditionModel(fixture.configuration, WeightScope(FormulaWeights(dtype: .bfloat16)))
    let latents = Formula.tensor("latents", [2, 4, 6, 5, 4])
    try fixture.expect(
      "output", unet(latents, timesteps: [7, 801], text: Formula.tensor("text", [2, 7, 24])), within: 3e-2)
  }

  @Test func `A fresh video network makes of each frame what the image network makes of it`() throws {
    var image = UNet2DConditionConfiguration()
    image.downBlocks = [.crossAttention, .plain]
    image.upBlocks = [.plain, .crossAttention]
    (image.blockOutChannels, image.attentionHeadDim, image.layersPerBlock) = ([32, 64], [2, 4], [1])
    (image.crossAttentionDim, image.normNumGroups, image.useLinearProjection) = (24, 8, true)
    var video = UNet3DConditionConfiguration()
    video.downBlocks = [.crossAttention, .plain]
    video.upBlocks = [.plain, .crossAttention]
    (video.blockOutChannels, video.attentionHeadDim, video.layersPerBlock) = ([32, 64], 16, 1)
    (video.crossAttentionDim, video.normNumGroups) = (24, 8)
    // Random weights depend on their names only, and the two networks share the names of what they share.
    let unet2D = try UNet2DConditionModel(image, WeightScope(RandomWeights(seed: 7)))
    let unet3D = try UNet3DConditionModel(video, WeightScope(RandomWeights(seed: 7)))
    let latents = Formula.tensor("latents", [2, 3, 8, 8, 4])
    let text = Formula.tensor("text", [2, 5, 24])
    let frames = unet2D(latents.reshaped([6, 8, 8, 4]), timesteps: [300], text: text.repeated(3, axis: 0))
    let videos = unet3D(latents, timesteps: [300], text: text)
    #expect(relativeDistance(videos.reshaped([6, 8, 8, 4]), frames) <= 1e-5)
  }
}
