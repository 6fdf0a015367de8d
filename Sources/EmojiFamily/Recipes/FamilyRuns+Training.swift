import Foundation
import NegativeSpaceEmojiWorld
import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceNetworks
import NegativeSpaceTensors
import NegativeSpaceText
package import NegativeSpaceTraining
import NegativeSpaceWeights

/// Settings of a part's run that a person may change.
package struct FamilyTrainingOptions: Sendable {
  package var steps: Int?
  package var batch: Int?
  package var rate: Float?
  /// Samples whose latents are encoded once and trained on.
  package var cached: Int?
  /// Parts that a batch is cut into.
  package var shards: Int?
  /// Frames of a clip.
  package var frames: Int
  /// Whether Muon moves the matrices.
  package var muon = false
  /// Whether the autoencoder's encoder stays as it is.
  package var decoderOnly = false
  /// Whether a temporal network learns only what acts in time (arXiv:2307.04725, section 4.2).
  package var temporalOnly = false
  /// Path of the part of a smaller family that this one grows from, diffusers' folder; nil begins with random weights.
  package var smaller: String?

  package init(
    steps: Int? = nil, batch: Int? = nil, rate: Float? = nil, cached: Int? = nil, shards: Int? = nil,
    frames: Int = EmojiFamily.frames
  ) {
    (self.steps, self.batch, self.rate, self.cached) = (steps, batch, rate, cached)
    (self.shards, self.frames) = (shards, frames)
  }
}

extension FamilyRuns {
  /// The loop that trains `part`, ready to run; earlier parts must be trained.
  package func loop(
    _ part: FamilyPart, _ options: FamilyTrainingOptions, isInterrupted: @escaping () -> Bool,
    note: @escaping @Sendable (String) -> Void, report: @escaping (TrainingProgress) -> Void
  ) throws -> TrainingLoop? {
    var task: any TrainingTask
    let batch = options.batch ?? part.batch
    let plan: TrainingPlan
    var start: any WeightSource = RandomWeights(seed: 1)
    var learns: @Sendable (String) -> Bool = { _ in true }
    switch part {
    case .tokenizer:
      note("vocabulary of \(try tokenizer().vocabularyCount) entries")
      return nil
    case .autoencoder:
      plan = try self.plan(part, options, steps: 4000, rate: 7e-4, averageDecay: 0.995, every: 250)
      let smaller = try options.smaller.map { try SmallerAutoencoder(folder: $0) }
      task = AutoencoderTask(
        try EmojiFamily.autoencoder(), perceptual: try visionTower(), smaller: smaller, train: try dataset(.train),
        held: try dataset(.validation), batch: batch, seed: 3)
      if options.decoderOnly { learns = AutoencoderTask.isOfDecoder }
      if let smaller {
        start = smaller.start
        // Denoisers go on from the smaller one's only where latents have the same scale.
        try FileManager.default.createDirectory(atPath: folder(part), withIntermediateDirectories: true)
        try Self.write(scalingFactor: smaller.network.configuration.scalingFactor, in: folder(part))
      }
    case .clip:
      plan = try self.plan(part, options, steps: 2000, rate: 1e-3, averageDecay: 0.995, every: 250, shards: 2)
      task = ContrastiveTask(
        try clipConfiguration(), tokenizer: try tokenizer(),
        train: try dataset(.train, seed: 2, side: EmojiFamily.clipSide),
        held: try dataset(.validation, side: EmojiFamily.clipSide), batch: batch)
    case .words:
      plan = try self.plan(part, options, steps: 400, rate: 3e-3, averageDecay: 0.98, every: 100, shards: 2)
      let clip = try snapshot(.clip)
      let words = MotionWordsTask.words(of: try dataset(.train), try tokenizer())
      note("\(words.count) words stand in captions of clips alone")
      let table = try clip.tensor(Self.tokenTable)
      task = MotionWordsTask(
        try CLIPTextModel(clipConfiguration().text, WeightScope(clip)), tokenizer: try tokenizer(), words: words,
        table: table.cast(to: dtype), train: try dataset(.train), held: try dataset(.validation),
        batch: batch)
      start = SnapshotWeights(
        [MotionWordsTask.parameter: table.rows(words)], fallback: RandomWeights(seed: 4), dtype: .float32)
    case .judge:
      plan = try self.plan(part, options, steps: 4000, rate: 2e-3, averageDecay: 0.99, every: 250)
      task = JudgeTask(
        train: try dataset(.train, seed: 77), held: try dataset(.validation, seed: 78), batch: batch)
    case .reward:
      plan = try self.plan(part, options, steps: 1200, rate: 2e-3, averageDecay: 0.99, every: 250)
      task = QualityTask(
        train: try dataset(.train, seed: 3), held: try dataset(.validation), batch: batch)
    case .image:
      plan = try self.plan(part, options, steps: 20_000, rate: 1e-3, averageDecay: 0.999, every: 1000)
      task = try diffusion(DenoiserRecipe(part, frames: nil), options, batch: batch, note: note)
      if let smaller = options.smaller { start = try GrownWeights(denoiser: smaller, seed: 1) }
    case .controlNet:
      plan = try self.plan(part, options, steps: 4000, rate: 1e-3, averageDecay: 0.998, every: 500)
      task = try control(options, batch: batch, note: note)
      start =
        try options.smaller.map { try GrownWeights(controlNet: $0, seed: 5) }
        ?? ControlStart(image: try snapshot(.image), fresh: RandomWeights(seed: 5))
    case .video, .motion, .lvdm:
      plan = try self.plan(part, options, steps: 10_000, rate: 1e-3, averageDecay: 0.995, every: 500)
      task = try diffusion(DenoiserRecipe(part, frames: options.frames), options, batch: batch, note: note)
      let image = try videoStart(part, smaller: options.smaller)
      // The image model's own weights are no part of an adapter.
      if options.temporalOnly || part == .motion { learns = image.isTemporal }
      start = image
    }
    if var long = task as? any LongValidation {
      long.isCancelled = isCancelled
      task = long
    }
    let weights = TrainableWeights(start: start, dtype: dtype, learns: learns)
    return TrainingLoop(task: task, plan: plan, weights: weights, isInterrupted: isInterrupted, report: report)
  }

  private func control(_ options: FamilyTrainingOptions, batch: Int, note: @escaping @Sendable (String) -> Void) throws
    -> ControlTask
  {
    let cache = try latents(.train, count: options.cached ?? FamilyPart.controlNet.cached, frames: nil) { done in
      if done % 1000 == 0 { note("encoded \(done) samples") }
    }
    return try controlTask((cache, try dataset(.train)), batch: batch, count: 64)
  }

  /// - Parameter count: held-out scenes to evaluate on.
  func controlTask(_ train: (LatentCache, Dataset), batch: Int, count: Int) throws -> ControlTask {
    let held = try dataset(.validation)
    let takes = (0..<count).map { held.take(.picture, at: $0) }
    return try ControlTask(
      UNet2DConditionModel(EmojiFamily.imageUNet(), WeightScope(snapshot(.image))), EmojiFamily.controlNet(),
      DiffusionData(
        .picture, train: train, held: (latents(.validation, count: 128, frames: nil) { _ in }, held),
        text: textConditioner(), batch: batch, seed: 13),
      scheduler: EmojiFamily.scheduler(),
      evaluation: evaluation(
        prompts: takes.map { .init(text: $0.caption, asked: $0.named) }, frames: nil, steps: 15, guidance: 4))
  }

  private func diffusion(
    _ recipe: DenoiserRecipe, _ options: FamilyTrainingOptions, batch: Int,
    note: @escaping @Sendable (String) -> Void
  ) throws -> DiffusionTask {
    let frames = recipe.frames
    let cached = options.cached ?? (frames == nil ? FamilyPart.image : .video).cached
    let cache = try latents(.train, count: cached, frames: frames) { done in
      if done % 1000 == 0 { note("encoded \(done) samples") }
    }
    let held = try latents(.validation, count: frames == nil ? 128 : 16, frames: frames) { _ in }
    let data = try dataset(.train)
    var spinning: SpinningFrames?
    if frames == nil {
      let clips = try latents(.train, count: 6000, frames: options.frames) { done in
        if done % 1000 == 0 { note("encoded \(done) clips") }
      }
      spinning = SpinningFrames((clips, data))
    }
    return try DiffusionTask(
      recipe,
      DiffusionData(
        recipe.medium, train: (cache, data), held: (held, try dataset(.validation)), spinning: spinning,
        text: try textConditioner(), batch: batch, seed: 11),
      scheduler: try EmojiFamily.scheduler(),
      evaluation: try evaluation(count: frames == nil ? 64 : 8, frames: frames, steps: 15, guidance: 4))
  }

  /// More shards than cores let a core that another program uses do less; CLIP needs whole halves to contrast within.
  private func plan(
    _ part: FamilyPart, _ options: FamilyTrainingOptions, steps: Int, rate: Float, averageDecay: Float, every: Int,
    shards: Int = 4
  ) throws -> TrainingPlan {
    let (steps, shards, batch) = (options.steps ?? steps, options.shards ?? shards, options.batch ?? part.batch)
    guard batch >= shards else { throw TrainingError.smallBatch(batch, shards: shards) }
    var plan = TrainingPlan(
      folder: folder(part), steps: steps, shards: shards,
      learningRate: LearningRate(peak: options.rate ?? rate, warmup: min(200, steps / 10), total: steps),
      optimizer: Optimizer(AdamW(beta2: 0.99, weightDecay: 0.01), muon: options.muon ? Muon() : nil),
      averageDecay: averageDecay, checkpointEvery: 250,
      validateEvery: every, sampleEvery: every)
    plan.settings = [
      "part": part.rawValue, "batch": "\(batch)", "cached": "\(options.cached ?? part.cached)",
      "frames": "\(options.frames)", "decoder only": "\(options.decoderOnly)",
      "temporal only": "\(options.temporalOnly)",
      "grown from": options.smaller ?? "nothing", "computed in": "\(dtype)",
    ]
    return plan
  }
}
