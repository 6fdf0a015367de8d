public import NegativeSpaceSampling

/// Everything that determines the pixels of a picture or a video, apart from the model.
///
/// Fields that are nil come from the model; `DiffusionModel.resolve` fills them in. Errors name fields as JSON does
/// (`guidance_scale`).
public struct GenerationRequest: Codable, Sendable, Hashable {
  /// Words for what is to be seen; empty leaves it to the model.
  public var prompt: String
  /// Words for what is to be avoided.
  public var negativePrompt = ""
  /// The writer that wrote them, or some of them, and its hash: a note, which nothing is read by.
  public var negativeWriter: String?
  /// Learned negatives by their weights: encoder states (1, 77, D) or (77, D), or token vectors, which are encoded.
  ///
  /// They add to the negative prompt's words: n = w + Σ wᵢ (nᵢ − e), with the empty prompt's states e; without words w
  /// is e.
  public var negativeEmbeddings: [FileReference] = []
  /// Whether negatives for each step are interpolated where the run has another number of steps.
  public var interpolatesNegative = false
  /// Learned words, token vectors that either prompt may name; a folder stands for the files in it.
  public var embeddings: [FileReference] = []
  /// Meaning of brackets in the prompts.
  public var promptWeighting = PromptWeighting.none
  /// Treatment of prompts that are too long; nil is `cut`, and `chunks` with A1111's weighting.
  public var longPrompt: LongPrompt?
  /// Layer of the text encoder that is used, counted from the end: 1 is the last, 2 the penultimate (A1111's
  /// counting).
  public var clipSkip = 1

  /// Steps from noise to a picture.
  public var steps: Int?
  /// Weight of the difference between prompt and negative; 1 and less means the prompt alone.
  public var guidanceScale: Double?
  /// Share of the result that is brought back to the unguided spread (arXiv:2305.08891), 0 to 1.
  public var guidanceRescale = 0.0
  /// The part of the steps that is guided, from and to, 0 to 1.
  public var guidanceInterval = [0.0, 1.0]
  /// The arithmetic of guidance.
  public var guidanceRule = GuidanceRuleName.cfg
  /// The rule's options by diffusers' names, such as `eta`; what is missing has diffusers' default.
  public var guidanceOptions: [String: String] = [:]
  /// How the denoiser's cross-attention avoids the negative; nil leaves that to guidance alone.
  public var attentionNegative: AttentionNegativeName?
  /// That rule's options, such as `nag_scale`; what is missing has the rule's default.
  public var attentionOptions: [String: String] = [:]
  /// Another model of the same base, whose denoiser runs in the avoided branch.
  public var negativeModel: FileReference?
  /// The part of the steps in which the negative holds, from and to, 0 to 1; elsewhere the empty prompt is avoided.
  public var negativeInterval = [0.0, 1.0]
  /// The way from one noise level to the next; nil is the model's own.
  public var sampler: SamplerName?
  /// Spacing of the noise levels; nil is the model's own.
  public var schedule: SigmaSchedule?
  /// A diffusers scheduler_config.json in place of the model's.
  public var schedulerConfiguration: FileReference?
  /// DDIM's share of fresh noise, 0 to 1; nil is the model's own, 1 for VideoCrafter and 0 for others.
  public var eta: Double?

  /// Where the random numbers start.
  public var seed: Seed = 42
  /// Whose random numbers.
  public var rng = RandomNumbers.torch
  /// Latents to start from instead of the seed's, before the sampler scales them.
  public var initialLatents: FileReference?
  /// The noise that an ancestral sampler consumes, stacked on axis 0, instead of the seed's; in memory as `Latents` of
  /// the shape [S, 1, C, H, W] or [S, 1, C, F, H, W].
  public var noise: FileReference?

  /// The picture to start from; with initial latents, those are the noise that it is mixed with.
  public var initialImage: FileReference?
  /// The video to start from, on models of videos.
  public var initialVideo: FileReference?
  /// Share of the steps that are made, 0 to 1: the more, the less is left of the start.
  public var strength: Double?
  /// The part of the picture that is painted anew: white is, black stays.
  public var mask: FileReference?
  /// An autoencoder in place of the model's: a diffusers folder or a file, TAESD too.
  public var vae: FileReference?
  /// Of this many steps in a row only the first computes all of the denoiser (DeepCache, arXiv:2312.00858): faster, and
  /// less exact.
  public var featureInterval = 1
  /// Whether the denoiser's linear layers compute in 8-bit integers: faster, and less exact.
  public var int8 = false
  /// Whether frames are decoded piece by piece.
  public var vaeTiling = VAETiling.auto
  /// LoRAs by their weights, added to the denoiser's and the text encoder's weights while these are read.
  public var loras: [FileReference] = []
  /// LoRAs by their weights, added beside those to the networks of the branch that is avoided, and to no other (DreamArtist++,
  /// Diffusion-NPO); where they change the denoiser, the branches are computed one after the other.
  public var negativeLoras: [FileReference] = []
  /// Tuned text encoders by their weights, mixed with the model's own: e = Σ wᵢ eᵢ + (1 − Σ wᵢ) e, for both prompts'
  /// states.
  public var textEncoders: [FileReference] = []
  /// The part of the steps in which their states hold, from and to, 0 to 1; elsewhere the model's own do.
  public var textEncoderInterval = [0.0, 1.0]

  /// ControlNets; what they add is summed up.
  public var controls: [ControlCondition] = []

  /// Pixels, a multiple of the autoencoder's factor, before `scale`.
  public var width: Int?
  /// Pixels, a multiple of the autoencoder's factor, before `scale`.
  public var height: Int?
  /// Frames; 1 for pictures.
  public var frames: Int?
  /// Frames a second of the file: `8`, `29.97` or `30000/1001`.
  public var fps: String?
  /// Frames a second that a network of VideoCrafter's kind is told, whatever the file's are.
  public var fpsCondition: Double?
  /// Enlarges what is written by a whole number, with Lanczos.
  public var scale: Int?
  /// Type that the denoiser and the autoencoder compute in; nil is the fastest on this machine.
  public var dtype: ComputeType?

  /// A request with everything else left to its default.
  public init(prompt: String = "") { self.prompt = prompt }

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case prompt
    case negativePrompt = "negative_prompt"
    case negativeWriter = "negative_writer"
    case negativeEmbeddings = "negative_embeddings"
    case interpolatesNegative = "interpolate_negative"
    case embeddings
    case promptWeighting = "prompt_weighting"
    case longPrompt = "long_prompt"
    case clipSkip = "clip_skip"
    case steps
    case guidanceScale = "guidance_scale"
    case guidanceRescale = "guidance_rescale"
    case guidanceInterval = "guidance_interval"
    case guidanceRule = "guidance_rule"
    case guidanceOptions = "guidance_options"
    case negativeInterval = "negative_interval"
    case attentionNegative = "attention_negative"
    case attentionOptions = "attention_options"
    case negativeModel = "negative_model"
    case sampler, schedule
    case schedulerConfiguration = "scheduler_config"
    case eta, seed, rng
    case initialLatents = "init_latents"
    case initialImage = "init_img"
    case initialVideo = "init_video"
    case strength, mask, vae, loras, controls
    case negativeLoras = "negative_loras"
    case textEncoders = "text_encoders"
    case textEncoderInterval = "text_encoder_interval"
    case vaeTiling = "vae_tiling"
    case featureInterval = "feature_interval"
    case int8
    case noise, width, height, frames, fps, scale, dtype
    case fpsCondition = "fps_condition"
  }
}

extension GenerationRequest: Ruled {
  /// Most pixels on a side, frames and enlargement: beyond it no model goes, and sizes could overflow.
  package static let sideLimit = 8192
  package static let frameLimit = 4096
  package static let scaleLimit = 16

  static func rule(_ key: CodingKeys) -> Rule {
    switch key {
    case .prompt: Rule(\.prompt)
    case .negativePrompt: Rule(\.negativePrompt)
    case .negativeWriter: Rule(\.negativeWriter)
    case .negativeEmbeddings: Rule(\.negativeEmbeddings, inMemory: [.states, .vectors])
    case .interpolatesNegative: Rule(\.interpolatesNegative)
    case .embeddings: Rule(\.embeddings, inMemory: [.vectors])
    case .promptWeighting: Rule(\.promptWeighting)
    case .longPrompt: Rule(\.longPrompt)
    case .clipSkip: Rule(\.clipSkip, 1...64)
    case .steps: Rule(\.steps, 1...1000)
    case .guidanceScale: Rule(\.guidanceScale, -100...100)
    case .guidanceRescale: Rule(\.guidanceRescale, 0...1)
    case .guidanceInterval: Rule(\.guidanceInterval)
    case .guidanceRule: Rule(\.guidanceRule)
    case .guidanceOptions: Rule(\.guidanceOptions)
    case .negativeInterval: Rule(\.negativeInterval)
    case .attentionNegative: Rule(\.attentionNegative)
    case .attentionOptions: Rule(\.attentionOptions)
    case .negativeModel: Rule(\.negativeModel, inMemory: [])
    case .sampler: Rule(\.sampler)
    case .schedule: Rule(\.schedule)
    case .schedulerConfiguration: Rule(\.schedulerConfiguration, inMemory: [])
    case .eta: Rule(\.eta, 0...1)
    case .seed: Rule(\.seed)
    case .rng: Rule(\.rng)
    case .initialLatents: Rule(\.initialLatents, inMemory: [.latents])
    case .initialImage: Rule(\.initialImage, inMemory: [.picture])
    case .initialVideo: Rule(\.initialVideo, inMemory: [.video])
    case .strength: Rule(\.strength, 0...1)
    case .mask: Rule(\.mask, inMemory: [.picture])
    case .vae: Rule(\.vae, inMemory: [])
    case .loras: Rule(\.loras, inMemory: [])
    case .negativeLoras: Rule(\.negativeLoras, inMemory: [])
    case .textEncoders: Rule(\.textEncoders, inMemory: [])
    case .textEncoderInterval: Rule(\.textEncoderInterval)
    case .controls: Rule(\.controls)
    case .vaeTiling: Rule(\.vaeTiling)
    case .featureInterval: Rule(\.featureInterval, 1...100)
    case .int8: Rule(\.int8)
    case .noise: Rule(\.noise, inMemory: [.latents])
    case .width: Rule(\.width, 1...sideLimit)
    case .height: Rule(\.height, 1...sideLimit)
    case .frames: Rule(\.frames, 1...frameLimit)
    case .fps: Rule(\.fps)
    case .scale: Rule(\.scale, 1...scaleLimit)
    case .dtype: Rule(\.dtype)
    case .fpsCondition: Rule(\.fpsCondition, 0...1000)
    }
  }

  /// Reads a request; what is missing takes its default.
  public init(from decoder: any Decoder) throws {
    self.init()
    try read(decoder)
  }
}
