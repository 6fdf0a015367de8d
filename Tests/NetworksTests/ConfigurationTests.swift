import Foundation
import NegativeSpaceConfiguration
import NegativeSpaceNetworks
import Testing

/// Configurations as published files have them, and as they should not be.
@Suite struct ConfigurationTests {
  private func decode<Value: ReadableConfiguration>(_ type: Value.Type, _ json: String) throws -> Value {
    try ConfigFile(parsing: Data(json.utf8), file: "x.json").decode(type)
  }

  @Test func `An empty object has the defaults of the class`() throws {
    let unet = try decode(UNet2DConditionConfiguration.self, "{}")
    #expect(unet == UNet2DConditionConfiguration())
    #expect(unet.blockOutChannels == [320, 640, 1280, 1280])
    let shape = try unet.shape()
    #expect(shape.down.map { $0.attention?.heads } == [8, 8, 8, nil])
    #expect(shape.up.map { $0.attention?.headWidth } == [nil, 160, 80, 40])
    let video = try decode(UNet3DConditionConfiguration.self, "{}").shape()
    #expect(video.down.map { $0.attention?.heads } == [5, 10, 20, nil])
    #expect(video.middle.attention?.headWidth == 64)
    #expect(try decode(AutoencoderKLConfiguration.self, "{}").scalingFactor == 0.18215)
    #expect(try decode(CLIPTextConfiguration.self, "{}").eosTokenID == 49407)
    #expect(try decode(CLIPVisionConfiguration.self, "{}").encoder.width == 768)
  }

  @Test func `The published SD 1.5 and SD 2.1 files are understood`() throws {
    // stable-diffusion-v1-5/unet/config.json and stable-diffusion-2-1/unet/config.json, shortened.
    let first = try decode(
      UNet2DConditionConfiguration.self,
      """
      {"_class_name": "UNet2DConditionModel", "_diffusers_version": "0.6.0", "act_fn": "silu", "attention_head_dim": 8,
       "block_out_channels": [320, 640, 1280, 1280], "center_input_sample": false, "cross_attention_dim": 768,
       "down_block_types": ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
       "downsample_padding": 1, "flip_sin_to_cos": true, "freq_shift": 0, "in_channels": 4, "layers_per_block": 2,
       "mid_block_scale_factor": 1, "norm_eps": 1e-05, "norm_num_groups": 32, "out_channels": 4, "sample_size": 64,
       "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"]}
      """)
    #expect(first.crossAttentionDim == 768)
    #expect(first.sampleSize == 64)
    let second = try decode(
      UNet2DConditionConfiguration.self,
      """
      {"attention_head_dim": [5, 10, 20, 20], "class_embed_type": null, "cross_attention_dim": 1024,
       "dual_cross_attention": false, "mid_block_type": "UNetMidBlock2DCrossAttn", "num_class_embeds": null,
       "only_cross_attention": false, "resnet_time_scale_shift": "default", "time_cond_proj_dim": null,
       "upcast_attention": true, "use_linear_projection": true}
      """)
    #expect(try second.shape().down.map { $0.attention?.headWidth } == [64, 64, 64, nil])
  }

  @Test func `A whole CLIP gives both towers the width of the shared space`() throws {
    let clip = try decode(
      CLIPConfiguration.self,
      #"{"projection_dim": 768, "text_config": {"hidden_size": 768, "num_attention_heads": 12}, "vision_config": null}"#
    )
    #expect(clip.text.encoder.width == 768)
    #expect(clip.text.projectionDim == 768)
    #expect(clip.vision.projectionDim == 768)
  }

  /// An error names the place, and both sides of the disagreement, in one sentence.
  @Test(arguments: [
    (
      #"{"in_channels": "four"}"#,
      #"x.json: UNet2DConditionModel: the configuration says in_channels = "four", expected a whole"#
    ),
    (#"{"in_channels": 2.5}"#, "in_channels = 2.5, expected a whole number"),
    (#"{"in_channels": -4}"#, "in_channels = -4, expected 1 to 65536"),
    (
      #"{"cross_attention_dim": 9223372036854775807}"#, "cross_attention_dim = 9223372036854775807, expected 1 to 65536"
    ),
    (#"{"block_out_channels": []}"#, "block_out_channels = [], expected at least one block"),
    (#"{"block_out_channels": [320, 640]}"#, "down_block_types = 4 blocks, expected 2, as in block_out_channels"),
    (#"{"up_block_types": ["UpBlock2D"]}"#, "up_block_types = 1 blocks, expected 4"),
    (#"{"norm_num_groups": 7}"#, "norm_num_groups = 7, expected a divisor of 320 channels"),
    (#"{"norm_eps": 0}"#, "norm_eps = 0.0, expected a number above 0"),
    (#"{"attention_head_dim": [5, 10]}"#, "attention_head_dim = [5, 10], expected one value, or one for each of the 4"),
    (#"{"attention_head_dim": 7}"#, "attention_head_dim = 7, expected a number of heads that divides 320 channels"),
    (
      #"{"down_block_types": ["AttnDownBlock2D"]}"#,
      "AttnDownBlock2D, expected one of CrossAttnDownBlock2D, DownBlock2D"
    ),
    (#"{"addition_embed_type": "text_time"}"#, "addition_embed_type = text_time, expected nothing, the only variant"),
    (#"{"only_cross_attention": true}"#, "only_cross_attention = true, expected false, the only variant"),
  ])
  func `Contradictions in an image network are named`(json: String, message: String) {
    #expect {
      try decode(UNet2DConditionConfiguration.self, json)
    } throws: { error in
      error is ConfigurationError && "\(error)".contains(message)
    }
  }

  @Test func `Contradictions in the other networks are named`() {
    func check<Value: ReadableConfiguration>(_ type: Value.Type, _ json: String, _ message: String) {
      #expect {
        try decode(type, json)
      } throws: {
        $0 is ConfigurationError && "\($0)".contains(message)
      }
    }
    check(
      UNet3DConditionConfiguration.self, #"{"attention_head_dim": 48}"#,
      "48, expected a width of heads that divides 320")
    check(
      AutoencoderKLConfiguration.self, #"{"block_out_channels": [64, 128]}"#,
      "[64, 128], expected one for each of 1 down_block_types and of 1 up_block_types")
    check(AutoencoderKLConfiguration.self, #"{"norm_num_groups": 48}"#, "48, expected a divisor of 64 channels")
    check(AutoencoderKLConfiguration.self, #"{"shift_factor": 0.1}"#, "shift_factor = 0.1, expected nothing")
    check(CLIPTextConfiguration.self, #"{"hidden_act": "swish"}"#, "swish, expected one of quick_gelu, gelu")
    check(CLIPTextConfiguration.self, #"{"num_attention_heads": 7}"#, "7, expected a divisor of hidden_size = 512")
    check(CLIPVisionConfiguration.self, #"{"patch_size": 300}"#, "300, expected at most image_size = 224")
  }
}
