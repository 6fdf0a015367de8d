import Foundation
import NegativeSpaceConfiguration
import NegativeSpaceLayers
import Testing

@testable import NegativeSpaceNetworks

/// Networks of published configurations have as many parameters as diffusers' and transformers' of the same
/// (`sum(p.numel() for p in model.parameters())`, diffusers 0.42.1, transformers 5).
@Suite struct ParameterCountTests {
  /// The sizes of everything that `make` asks for; nothing large is made.
  private func count(_ make: (WeightScope) throws -> Void) throws -> Int {
    let weights = RandomWeights(seed: 1, isKept: false)
    try make(WeightScope(weights))
    // Tables of positions are buffers in diffusers, not parameters.
    return weights.requests.filter { !$0.name.hasSuffix(".pe") }.map { $0.shape.reduce(1, *) }.reduce(0, +)
  }

  private func decode<Configuration: ReadableConfiguration>(_ json: String) throws -> Configuration {
    try ConfigFile(parsing: Data(json.utf8), file: "x.json").decode()
  }

  @Test(arguments: [
    (#"{"cross_attention_dim": 768}"#, 859_520_964),
    (#"{"cross_attention_dim": 768, "in_channels": 9}"#, 859_535_364),
    (
      #"{"cross_attention_dim": 1024, "attention_head_dim": [5, 10, 20, 20], "use_linear_projection": true}"#,
      865_910_724
    ),
  ])
  func `Stable Diffusion 1.5, its inpainting model and 2.1`(_ json: String, parameters: Int) throws {
    #expect(try count { _ = try UNet2DConditionModel(decode(json), $0) } == parameters)
  }

  @Test(arguments: [
    (#"{"cross_attention_dim": 768}"#, 361_279_120),
    (
      #"{"cross_attention_dim": 1024, "attention_head_dim": [5, 10, 20, 20], "use_linear_projection": true}"#,
      364_228_240
    ),
  ])
  func `ControlNet for 1.5 and for 2.1`(_ json: String, parameters: Int) throws {
    #expect(try count { _ = try ControlNetModel(decode(json), $0) } == parameters)
  }

  @Test func `ModelScope and ZeroScope`() throws {
    #expect(try count { _ = try UNet3DConditionModel(UNet3DConditionConfiguration(), $0) } == 1_411_233_860)
  }

  /// The yaml's values, counted by VideoCrafter's own `UNetModel`.
  @Test(arguments: [
    (#"{"use_linear": true, "addition_attention": true}"#, 1_144_485_956),
    (#"{"use_linear": true, "addition_attention": true, "fps_cond": true}"#, 1_146_536_516),
    (
      #"{"use_linear": true, "addition_attention": true, "fps_cond": true, "temporal_conv": true, "use_relative_position": false}"#,
      1_413_284_420
    ),
  ])
  func `VideoCrafter 1 with 512 and 1024 columns, and 2`(_ json: String, parameters: Int) throws {
    #expect(try count { _ = try LVDMUNetModel(decode(json), $0) } == parameters)
  }

  @Test(arguments: [
    (#"{"motion_max_seq_length": 32}"#, 453_209_280),
    (#"{"motion_max_seq_length": 32, "use_motion_mid_block": false}"#, 417_137_600),
  ])
  func `AnimateDiff 2 and 3`(_ json: String, parameters: Int) throws {
    #expect(try count { _ = try MotionAdapter(decode(json), $0) } == parameters)
  }

  @Test func `Autoencoders`() throws {
    let kl = """
      {"block_out_channels": [128, 256, 512, 512], "layers_per_block": 2,
       "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D"],
       "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"]}
      """
    #expect(try count { _ = try AutoencoderKL(decode(kl), $0) } == 83_653_863)
    #expect(try count { _ = try AutoencoderTiny(AutoencoderTinyConfiguration(), $0) } == 2_445_063)
  }

  @Test(arguments: [(768, 12, 12, 123_060_480), (1024, 23, 16, 340_387_840)])
  func `The text encoders of 1.5 and 2.1`(width: Int, layers: Int, heads: Int, parameters: Int) throws {
    let json = """
      {"vocab_size": 49408, "hidden_size": \(width), "intermediate_size": \(4 * width), "num_hidden_layers": \(layers),
       "num_attention_heads": \(heads)}
      """
    #expect(try count { _ = try CLIPTextModel(decode(json), $0) } == parameters)
  }
}
