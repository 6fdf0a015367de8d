import Foundation
import NegativeSpaceConfiguration
package import NegativeSpaceNetworks
package import NegativeSpaceSampling

/// The shipped family's shapes: the config.json of every part, as written into `Models/` and as trained.
///
/// Sizes are chosen for two cores: a 64 × 64 picture is 16 × 16 × 4 latents, and one guided step of an image costs 3
/// GFLOP.
package enum EmojiFamily {
  /// Number of concepts that the family knows, the first of `Concept.all`.
  package static let conceptCount = 100
  /// Pixels of an edge.
  package static let side = 64
  /// Pixels of an edge of what CLIP sees, which is a picture made smaller.
  package static let clipSide = 64
  /// Frames of a clip, in training and by default.
  package static let frames = 16
  /// Frames a second of a clip.
  package static let framesPerSecond: Float = 8
  /// Mean that the family's towers subtract from pictures in [0, 1], and deviation by which they divide them.
  package static let pictureMean: [Float] = [0.5, 0.5, 0.5]
  package static let pictureDeviation: [Float] = [0.5, 0.5, 0.5]
  /// Entries of the tokenizer's vocabulary, at most.
  package static let vocabularyEntries = 1536

  package static let autoencoderJSON = """
    {
      "_class_name": "AutoencoderKL",
      "act_fn": "silu",
      "block_out_channels": [32, 64, 128],
      "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D"],
      "in_channels": 3,
      "latent_channels": 4,
      "layers_per_block": 1,
      "norm_num_groups": 4,
      "out_channels": 3,
      "sample_size": 64,
      "scaling_factor": SCALING_FACTOR,
      "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"]
    }

    """

  package static let textEncoderJSON = """
    {
      "architectures": ["CLIPTextModel"],
      "attention_dropout": 0.0,
      "bos_token_id": BOS_TOKEN,
      "dropout": 0.0,
      "eos_token_id": EOS_TOKEN,
      "hidden_act": "quick_gelu",
      "hidden_size": 192,
      "intermediate_size": 768,
      "layer_norm_eps": 1e-05,
      "max_position_embeddings": 77,
      "model_type": "clip_text_model",
      "num_attention_heads": 4,
      "num_hidden_layers": 4,
      "pad_token_id": EOS_TOKEN,
      "projection_dim": 128,
      "vocab_size": VOCABULARY_SIZE
    }

    """

  package static let visionEncoderJSON = """
    {
      "architectures": ["CLIPVisionModelWithProjection"],
      "hidden_act": "quick_gelu",
      "hidden_size": 192,
      "image_size": 64,
      "intermediate_size": 768,
      "layer_norm_eps": 1e-05,
      "model_type": "clip_vision_model",
      "num_attention_heads": 4,
      "num_channels": 3,
      "num_hidden_layers": 4,
      "patch_size": 8,
      "projection_dim": 128
    }

    """

  package static let imageUNetJSON = """
    {
      "_class_name": "UNet2DConditionModel",
      "act_fn": "silu",
      "attention_head_dim": [2, 3, 5],
      "block_out_channels": [64, 96, 160],
      "center_input_sample": false,
      "cross_attention_dim": 192,
      "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
      "flip_sin_to_cos": true,
      "freq_shift": 0,
      "in_channels": 4,
      "layers_per_block": 2,
      "norm_eps": 1e-05,
      "norm_num_groups": 16,
      "out_channels": 4,
      "sample_size": 16,
      "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"]
    }

    """

  /// The way down of the image network, led by edges as large as the picture.
  package static let controlNetJSON = """
    {
      "_class_name": "ControlNetModel",
      "act_fn": "silu",
      "attention_head_dim": [2, 3, 5],
      "block_out_channels": [64, 96, 160],
      "conditioning_channels": 3,
      "conditioning_embedding_out_channels": [16, 32, 64],
      "controlnet_conditioning_channel_order": "rgb",
      "cross_attention_dim": 192,
      "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
      "flip_sin_to_cos": true,
      "freq_shift": 0,
      "global_pool_conditions": false,
      "in_channels": 4,
      "layers_per_block": 2,
      "norm_eps": 1e-05,
      "norm_num_groups": 16
    }

    """

  package static let videoUNetJSON = """
    {
      "_class_name": "UNet3DConditionModel",
      "act_fn": "silu",
      "attention_head_dim": 32,
      "block_out_channels": [64, 96, 160],
      "cross_attention_dim": 192,
      "down_block_types": ["DownBlock3D", "CrossAttnDownBlock3D", "CrossAttnDownBlock3D"],
      "in_channels": 4,
      "layers_per_block": 2,
      "norm_eps": 1e-05,
      "norm_num_groups": 16,
      "out_channels": 4,
      "sample_size": 16,
      "up_block_types": ["CrossAttnUpBlock3D", "CrossAttnUpBlock3D", "UpBlock3D"]
    }

    """

  /// AnimateDiff's layers along time, for the image network.
  package static let motionAdapterJSON = """
    {
      "_class_name": "MotionAdapter",
      "block_out_channels": [64, 96, 160],
      "motion_layers_per_block": 2,
      "motion_max_seq_length": 32,
      "motion_mid_block_layers_per_block": 1,
      "motion_norm_num_groups": 16,
      "motion_num_attention_heads": 4,
      "use_motion_mid_block": true
    }

    """

  /// The kind of VideoCrafter2, on the image UNet's channels; the keys are those of its yaml.
  package static let lvdmUNetJSON = """
    {
      "_class_name": "LVDMUNetModel",
      "addition_attention": true,
      "attention_resolutions": [4, 2],
      "channel_mult": [1, 1.5, 2.5],
      "context_dim": 192,
      "fps_cond": true,
      "in_channels": 4,
      "model_channels": 64,
      "norm_num_groups": 16,
      "num_head_channels": 32,
      "num_res_blocks": 2,
      "out_channels": 4,
      "sample_size": [16, 16],
      "temporal_conv": true,
      "temporal_length": 16,
      "temporal_selfatt_only": true,
      "transformer_depth": 1,
      "use_linear": true,
      "use_relative_position": false
    }

    """

  /// Velocity prediction on a schedule that ends in almost pure noise: plain backgrounds come out in the colour asked
  /// for.
  ///
  /// Trailing steps do not use the offset; diffusers asks for 1 all the same.
  package static let schedulerJSON = """
    {
      "_class_name": "DDIMScheduler",
      "beta_end": 0.02,
      "beta_schedule": "linear",
      "beta_start": 0.0001,
      "clip_sample": false,
      "num_train_timesteps": 1000,
      "prediction_type": "v_prediction",
      "set_alpha_to_one": true,
      "steps_offset": 1,
      "timestep_spacing": "trailing",
      "trained_betas": null
    }

    """

  package static func autoencoder(scalingFactor: Float = 1) throws -> AutoencoderKLConfiguration {
    try decode(autoencoderJSON.replacingOccurrences(of: "SCALING_FACTOR", with: "\(scalingFactor)"))
  }

  package static func textEncoder(vocabularySize: Int) throws -> CLIPTextConfiguration {
    try decode(textEncoderJSON(vocabularySize: vocabularySize))
  }

  /// The text encoder's config.json; the tokenizer puts its two special tokens last.
  package static func textEncoderJSON(vocabularySize: Int) -> String {
    textEncoderJSON
      .replacingOccurrences(of: "VOCABULARY_SIZE", with: "\(vocabularySize)")
      .replacingOccurrences(of: "BOS_TOKEN", with: "\(vocabularySize - 2)")
      .replacingOccurrences(of: "EOS_TOKEN", with: "\(vocabularySize - 1)")
  }

  package static func visionEncoder() throws -> CLIPVisionConfiguration { try decode(visionEncoderJSON) }
  package static func imageUNet() throws -> UNet2DConditionConfiguration { try decode(imageUNetJSON) }
  package static func controlNet() throws -> ControlNetConfiguration { try decode(controlNetJSON) }
  package static func videoUNet() throws -> UNet3DConditionConfiguration { try decode(videoUNetJSON) }
  package static func lvdmUNet() throws -> LVDMUNetConfiguration { try decode(lvdmUNetJSON) }
  /// The image network with layers along time.
  package static func motionUNet() throws -> UNetMotionConfiguration {
    UNetMotionConfiguration(unet: try imageUNet(), adapter: try decode(motionAdapterJSON))
  }

  package static func scheduler() throws -> SchedulerConfiguration { try decode(schedulerJSON) }

  private static func decode<Value: ReadableConfiguration>(_ json: String) throws -> Value {
    try ConfigFile(parsing: Data(json.utf8), file: "the family's configuration").decode()
  }
}
