import Foundation
import NegativeSpaceConfiguration
import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceNetworks
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import Testing

@Suite struct AutoencoderTinyTests {
  @Test func `Encoding and decoding equal diffusers, odd sizes too`() throws {
    let fixture = try NetworkFixture("vae_tiny", AutoencoderTinyConfiguration.self)
    #expect(fixture.configuration.factor == 4)
    let weights = FormulaWeights()
    let model = try AutoencoderTiny(fixture.configuration, WeightScope(weights))
    fixture.expectSameParameters(weights)
    try fixture.expect("encoded", try #require(model.encode(Formula.tensor("pictures", [2, 21, 13, 3]))))
    try fixture.expect("decoded", model.decode(Formula.tensor("latents", [2, 5, 7, 4]) * 3))
  }

  @Test func `Decoding in bfloat16 is near diffusers in float32`() throws {
    let fixture = try NetworkFixture("vae_tiny", AutoencoderTinyConfiguration.self)
    let model = try AutoencoderTiny(fixture.configuration, WeightScope(FormulaWeights(dtype: .bfloat16)))
    try fixture.expect("decoded", model.decode(Formula.tensor("latents", [2, 5, 7, 4]) * 3), within: 3e-2)
  }

  @Test func `Without an encoder nothing of it is asked for`() throws {
    let fixture = try NetworkFixture("vae_tiny", AutoencoderTinyConfiguration.self)
    let weights = FormulaWeights()
    let model = try AutoencoderTiny(fixture.configuration, WeightScope(weights), hasEncoder: false)
    #expect(weights.shapes == fixture.parameters.filter { $0.key.hasPrefix("decoder.") })
    #expect(model.encode(.zeros([1, 8, 8, 3])) == nil)
  }

  @Test func `The published configuration is the default, and what cannot be is refused`() throws {
    func decode(_ json: String) throws -> AutoencoderTinyConfiguration {
      try ConfigFile(parsing: Data(json.utf8), file: "x.json").decode()
    }
    // madebyollin/taesd/config.json, shortened.
    let published = try decode(
      """
      {"_class_name": "AutoencoderTiny", "act_fn": "relu", "decoder_block_out_channels": [64, 64, 64, 64],
       "encoder_block_out_channels": [64, 64, 64, 64], "in_channels": 3, "latent_channels": 4, "latent_magnitude": 3,
       "latent_shift": 0.5, "num_decoder_blocks": [3, 3, 3, 1], "num_encoder_blocks": [1, 3, 3, 3], "out_channels": 3,
       "force_upcast": false, "scaling_factor": 1.0, "upsampling_scaling_factor": 2}
      """)
    #expect(published == AutoencoderTinyConfiguration())
    #expect(published.factor == 8)
    for broken in [
      #"{"act_fn": "gelu"}"#, #"{"num_decoder_blocks": [3, 3]}"#, #"{"upsampling_scaling_factor": 4}"#,
      #"{"decoder_block_out_channels": [64, 32, 64, 64]}"#,
    ] {
      #expect(throws: ConfigurationError.self) { try decode(broken) }
    }
  }
}
