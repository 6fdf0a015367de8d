/// Names of CompVis' and Stability's code (latent-diffusion, "LDM") and their equals in diffusers: data for the
/// layouts.
///
/// The pairs are those of diffusers' `single_file_utils.py`.
enum LDMTables {
  typealias Pairs = [(old: String, new: String)]

  // MARK: Where the parts begin
  static let unet = "model.diffusion_model."
  static let autoencoder = "first_stage_model."
  static let clip = "cond_stage_model.transformer."
  static let openCLIP = "cond_stage_model.model."
  /// Averages of the denoiser's weights: this and the name without its first part and its dots.
  static let averages = "model_ema."

  // MARK: The denoiser
  static let unetEnds: Pairs = [
    ("time_embed.0", "time_embedding.linear_1"), ("time_embed.2", "time_embedding.linear_2"),
    ("input_blocks.0.0", "conv_in"), ("out.0", "conv_norm_out"), ("out.2", "conv_out"),
  ]
  static let unetResnet: Pairs = [
    ("in_layers.0", "norm1"), ("in_layers.2", "conv1"), ("emb_layers.1", "time_emb_proj"), ("out_layers.0", "norm2"),
    ("out_layers.3", "conv2"), ("skip_connection", "conv_shortcut"),
  ]

  /// Name of a layer's convolutions along time in ModelScope, and in VideoCrafter after it.
  static let temporalConvolution = "temopral_conv"

  // MARK: The autoencoder
  static let autoencoderEnds: Pairs = [
    ("conv_in", "conv_in"), ("norm_out", "conv_norm_out"), ("conv_out", "conv_out"),
  ]
  static let autoencoderResnet: Pairs = [
    ("norm1", "norm1"), ("conv1", "conv1"), ("norm2", "norm2"), ("conv2", "conv2"), ("nin_shortcut", "conv_shortcut"),
    ("conv_shortcut", "conv_shortcut"),
  ]
  /// 1×1 convolutions as a rule; diffusers' older and newer names occur in converted files.
  static let autoencoderAttention: Pairs = [
    ("norm", "group_norm"), ("q", "to_q"), ("k", "to_k"), ("v", "to_v"), ("proj_out", "to_out.0"),
    ("group_norm", "group_norm"), ("query", "to_q"), ("key", "to_k"), ("value", "to_v"), ("proj_attn", "to_out.0"),
    ("to_q", "to_q"), ("to_k", "to_k"), ("to_v", "to_v"), ("to_out.0", "to_out.0"),
  ]

  // MARK: OpenCLIP's text tower
  static let openCLIPEnds: Pairs = [
    ("token_embedding", "text_model.embeddings.token_embedding"),
    ("positional_embedding", "text_model.embeddings.position_embedding.weight"),
    ("ln_final", "text_model.final_layer_norm"),
  ]
  static let openCLIPVisionEnds: Pairs = [
    ("class_embedding", "embeddings.class_embedding"), ("conv1", "embeddings.patch_embedding"),
    ("positional_embedding", "embeddings.position_embedding.weight"), ("ln_pre", "pre_layrnorm"),
    ("ln_post", "post_layernorm"),
  ]
  static let openCLIPLayer: Pairs = [
    ("ln_1", "layer_norm1"), ("ln_2", "layer_norm2"), ("attn.out_proj", "self_attn.out_proj"), ("mlp.c_fc", "mlp.fc1"),
    ("mlp.c_proj", "mlp.fc2"),
  ]
  /// The three that `attn.in_proj_weight` and `attn.in_proj_bias` hold above each other.
  static let openCLIPFused = ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"]

  // MARK: What may lie beside them

  /// Whole names, or beginnings that end with a dot, that no network needs, and what they are.
  static let harmless: [(name: String, what: String)] = [
    (averages, averagesWords),
    ("first_stage_model.loss.", "the discriminator of the autoencoder's training"),
    ("first_stage_model.model_ema.", "averaged weights of the autoencoder"),
    ("cond_stage_model.transformer.text_model.embeddings.position_ids", "a count of positions"),
    ("cond_stage_model.transformer.embeddings.position_ids", "a count of positions"),
    ("cond_stage_model.transformer.logit_scale", "CLIP's temperature"),
    ("cond_stage_model.transformer.text_projection.", "CLIP's projection"),
    ("cond_stage_model.transformer.text_model.text_projection", "CLIP's projection"),
    ("cond_stage_model.transformer.text_model.text_projection.", "CLIP's projection"),
    ("cond_stage_model.transformer.vision_model.", "CLIP's picture tower"),
    ("cond_stage_model.transformer.visual_projection.", "CLIP's projection"),
    ("cond_stage_model.logit_scale", "CLIP's temperature"),
    ("cond_stage_model.text_projection", "CLIP's projection"),
    ("cond_stage_model.text_projection.", "CLIP's projection"),
    ("cond_stage_model.model.logit_scale", "CLIP's temperature"),
    ("cond_stage_model.model.text_projection", "CLIP's projection"),
    ("cond_stage_model.model.attn_mask", "a mask that follows from the length"),
    ("cond_stage_model.model.visual.", "CLIP's picture tower"),
    ("betas", schedule), ("alphas_cumprod", schedule), ("alphas_cumprod_prev", schedule),
    ("sqrt_alphas_cumprod", schedule), ("sqrt_one_minus_alphas_cumprod", schedule),
    ("log_one_minus_alphas_cumprod", schedule), ("sqrt_recip_alphas_cumprod", schedule),
    ("sqrt_recipm1_alphas_cumprod", schedule), ("posterior_variance", schedule),
    ("posterior_log_variance_clipped", schedule), ("posterior_mean_coef1", schedule),
    ("posterior_mean_coef2", schedule), ("lvlb_weights", schedule), ("logvar", schedule), ("denoiser.sigmas", schedule),
    ("model.betas", schedule), ("model.alphas_cumprod", schedule), ("model.alphas_cumprod_prev", schedule),
    ("global_step", "the count of training steps"), ("v_pred", "a mark of what is predicted"),
    ("ztsnr", "a mark of the schedule"), (rescaling, "factors of clean samples"),
    ("embedding_manager.", "embeddings of a training that was not finished"),
  ]
  /// VideoCrafter's factors of clean samples, one for each timestep.
  static let rescaling = "scale_arr"
  static let averagesWords = "averaged weights, used with `ema`"
  private static let schedule = "a table of the noise schedule, made anew"

  /// Other kinds of files, told by a part of a name, the most telling first.
  static let others: [(part: String, what: String)] = [
    ("conditioner.embedders.", "a Stable Diffusion XL checkpoint, which is not supported"),
    ("joint_blocks.", "a Stable Diffusion 3 checkpoint, which is not supported"),
    ("double_blocks.", "a Flux checkpoint, which is not supported"),
    ("control_model.", "a ControlNet, not a whole model"),
    ("controlnet_cond_embedding.", "a ControlNet, not a whole model"),
    ("input_hint_block.", "a ControlNet, not a whole model"),
    ("lora_", "a LoRA, not a whole model"), (".lora", "a LoRA, not a whole model"),
    ("_lora.", "a LoRA, not a whole model"),
    ("motion_modules.", "a motion module, not a whole model"),
    ("temporal_transformer.", "a motion module, not a whole model"),
    ("temopral_conv.", "the denoiser of a video model alone; name the model's folder"),
    ("temp_convs.", "the denoiser of a video model alone; name the model's folder"),
    ("string_to_param", "a textual inversion, not a model"), ("emb_params", "a textual inversion, not a model"),
    ("prompt_embeds", "encoder states of a prompt, not a model"),
    ("down_blocks.0.resnets.", "a denoiser alone, in diffusers' naming; name the model's folder"),
    ("first_stage_model.", "an autoencoder alone, not a whole model"),
    ("decoder.mid", "an autoencoder alone, not a whole model"),
    ("text_model.", "a text encoder alone, not a whole model"),
    ("resblocks.", "a CLIP encoder alone, not a whole model"),
  ]
}
