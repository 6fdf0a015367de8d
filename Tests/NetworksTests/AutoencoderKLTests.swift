import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceNetworks
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import Testing

@Suite struct AutoencoderKLTests {
  private let names = [
    "encoder.conv_in.weight", "encoder.mid_block.attentions.0.to_q.weight", "quant_conv.bias",
    "decoder.up_blocks.1.resnets.0.conv_shortcut.weight", "decoder.mid_block.attentions.0.to_out.0.weight",
    "decoder.conv_norm_out.weight",
  ]

  @Test func `Encoding pictures of odd sizes equals diffusers, gradients too`() throws {
    let fixture = try NetworkFixture("vae", AutoencoderKLConfiguration.self)
    let weights = FormulaWeights(gradientsOf: names)
    let model = try AutoencoderKL(fixture.configuration, WeightScope(weights))
    fixture.expectSameParameters(weights)
    let pictures = Formula.tensor("pictures", [2, 21, 13, 3]).requiringGradient
    let latents = model.encode(pictures)
    try fixture.expect("mean", latents.mean)
    try fixture.expect("logvar", latents.logVariance)
    try fixture.expect("kl", latents.divergence())
    try fixture.expectGradients(
      of: Tensor.concatenate([latents.mean, latents.logVariance], axis: 3), inputs: ["pictures": pictures],
      weights: weights, among: names.prefix(3) + ["pictures"])
  }

  @Test(arguments: [false, true])
  func `Decoding equals diffusers, gradients too, with and without checkpoints`(isCheckpointed: Bool) throws {
    let fixture = try NetworkFixture("vae", AutoencoderKLConfiguration.self)
    let weights = FormulaWeights(gradientsOf: names)
    let model = try AutoencoderKL(fixture.configuration, WeightScope(weights))
    let latents = Formula.tensor("latents", [2, 5, 7, 4]).requiringGradient
    let decoded = model.decode(latents, isCheckpointed: isCheckpointed)
    try fixture.expect("decoded", decoded)
    try fixture.expectGradients(
      of: decoded, inputs: ["latents": latents], weights: weights, among: names.suffix(3) + ["latents"])
  }

  @Test func `Decoding in tiles equals diffusers`() throws {
    let fixture = try NetworkFixture("vae", AutoencoderKLConfiguration.self)
    let model = try AutoencoderKL(fixture.configuration, WeightScope(FormulaWeights()))
    try fixture.expect("tiled", model.decodeInTiles(Formula.tensor("large", [1, 7, 11, 4]), edge: 8))
    // Latents that fit into one tile are decoded as a whole.
    let small = Formula.tensor("latents", [2, 5, 7, 4])
    #expect(model.decodeInTiles(small).floats == model.decode(small).floats)
  }

  @Test func `An autoencoder without quant convolutions and attention equals diffusers`() throws {
    let fixture = try NetworkFixture("vae_bare", AutoencoderKLConfiguration.self)
    let weights = FormulaWeights()
    let model = try AutoencoderKL(fixture.configuration, WeightScope(weights))
    fixture.expectSameParameters(weights)
    let latents = model.encode(Formula.tensor("pictures", [2, 12, 8, 3]))
    try fixture.expect("mean", latents.mean)
    try fixture.expect("logvar", latents.logVariance)
    try fixture.expect("kl", latents.divergence())
    try fixture.expect("decoded", model.decode(Formula.tensor("latents", [2, 4, 3, 4])))
  }

  @Test func `Decoding in bfloat16 is near diffusers in float32`() throws {
    let fixture = try NetworkFixture("vae", AutoencoderKLConfiguration.self)
    let model = try AutoencoderKL(fixture.configuration, WeightScope(FormulaWeights(dtype: .bfloat16)))
    try fixture.expect("decoded", model.decode(Formula.tensor("latents", [2, 5, 7, 4])), within: 3e-2)
  }

  @Test func `A sample is the mean plus the deviation times the noise`() {
    // exp(-2 / 2) = 0.36788; -40 is clamped to -30, whose deviation is 3.06e-7.
    let moments = Tensor([1, 2, -2, -40], shape: [1, 1, 1, 4])
    let sample = DiagonalGaussian(moments: moments).sample(noise: Tensor([2, 5], shape: [1, 1, 1, 2])).floats
    #expect(abs(sample[0] - 1.735_759) <= 1e-6)
    #expect(abs(sample[1] - 2.000_002) <= 1e-6)
  }
}
