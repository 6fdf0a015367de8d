import Foundation
package import NegativeSpaceEmojiWorld
import NegativeSpaceFiles
package import NegativeSpaceKernels
import NegativeSpaceLayers
package import NegativeSpaceLearning
package import NegativeSpaceNetworks
import NegativeSpaceSampling
import NegativeSpaceTensors
package import NegativeSpaceText
package import NegativeSpaceTraining
import NegativeSpaceWeights

/// The workshop of the shipped family: one folder in which every part's run keeps its checkpoint, log and samples, and
/// from which later parts take the earlier ones.
package struct FamilyRuns: Sendable {
  package let folder: String
  package let sheet: SpriteSheet
  /// The type that networks compute in.
  package let dtype: DataType
  /// Asked between calls of a network where many are made; true ends them with `CancellationError`.
  package var isCancelled: @Sendable () -> Bool = { false }

  package init(folder: String, dtype: DataType) throws {
    self.folder = folder
    self.dtype = dtype
    sheet = try SpriteSheet()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  package func folder(_ part: FamilyPart) -> String { "\(folder)/\(part.rawValue)" }

  /// The family's data.
  package func dataset(
    _ split: Split, seed: UInt64 = 1, side: Int = EmojiFamily.side, damagedFraction: Float = 0.35
  ) throws -> Dataset {
    try Dataset(
      sheet, split: split, seed: seed, conceptCount: EmojiFamily.conceptCount, side: side,
      damagedFraction: damagedFraction)
  }

  // MARK: Finished parts

  /// The vocabulary, made on first use.
  package func tokenizer() throws -> CLIPTokenizer {
    let url = URL(fileURLWithPath: folder(.tokenizer))
    if !FileManager.default.fileExists(atPath: url.appending(path: "vocab.json").path) {
      let captions = CaptionVocabulary.captions(count: 20_000, seed: 1, conceptCount: EmojiFamily.conceptCount)
      let words = CaptionVocabulary.words(concepts: Array(Concept.all.prefix(EmojiFamily.conceptCount)))
      try BytePairTrainer.vocabulary(of: captions + words, entries: EmojiFamily.vocabularyEntries).write(to: url)
    }
    return try CLIPTokenizer(folder: url)
  }

  package func clipConfiguration() throws -> CLIPConfiguration {
    CLIPConfiguration(
      text: try EmojiFamily.textEncoder(vocabularySize: try tokenizer().vocabularyCount),
      vision: try EmojiFamily.visionEncoder())
  }

  package func textConditioner() throws -> TextConditioner {
    let configuration = try clipConfiguration()
    return TextConditioner(
      tokenizer: try tokenizer(), tower: try CLIPTextModel(configuration.text, WeightScope(snapshot(.clip))))
  }

  /// The eye of CLIP; its pictures span [-1, 1].
  package func visionTower() throws -> CLIPVisionModelWithProjection {
    try CLIPVisionModelWithProjection(clipConfiguration().vision, WeightScope(snapshot(.clip)))
  }

  package func autoencoder() throws -> AutoencoderKL {
    try AutoencoderKL(
      try EmojiFamily.autoencoder(scalingFactor: try scalingFactor()), WeightScope(try snapshot(.autoencoder)))
  }

  package func judge() throws -> JudgeNetwork? {
    guard FileManager.default.fileExists(atPath: TrainingCheckpoint(folder: folder(.judge)).path) else { return nil }
    return try JudgeNetwork(WeightScope(try snapshot(.judge)), classes: try judgeClasses().counts)
  }

  package func judgeClasses() throws -> JudgeClasses { JudgeClasses(concepts: try dataset(.train).concepts) }

  /// The averaged weights of a part's run, and of a temporal network those that it has from the image network still.
  package func snapshot(_ part: FamilyPart) throws -> SnapshotWeights {
    var tensors = try TrainingCheckpoint.averages(folder: folder(part)).tensors
    if [.video, .motion, .lvdm].contains(part) { tensors = try completed(part, tensors) }
    if part == .clip, let learned = try motionWords(), let table = tensors[Self.tokenTable] {
      tensors[Self.tokenTable] = MotionWordsTask.table(table, with: learned.vectors, for: learned.words)
    }
    return SnapshotWeights(tensors, dtype: dtype)
  }

  /// CLIP's vectors of tokens.
  static let tokenTable = "text_model.embeddings.token_embedding.weight"

  /// The words of `MotionWordsTask` and their vectors; nil as long as they are CLIP's own.
  private func motionWords() throws -> (words: [Int], vectors: Tensor)? {
    let checkpoint = TrainingCheckpoint(folder: folder(.words))
    guard FileManager.default.fileExists(atPath: checkpoint.path) else { return nil }
    let words = MotionWordsTask.words(of: try dataset(.train), try tokenizer())
    guard let vectors = try checkpoint.averages().tensors[MotionWordsTask.parameter], vectors.size(0) == words.count
    else { throw TrainingError.checkpoint(path: checkpoint.path, problem: "it is not of \(words.count) words") }
    return (words, vectors)
  }

  /// The factor that makes the latents' deviation 1, measured once on training pictures and kept.
  package func scalingFactor() throws -> Float {
    let path = Self.scalingFactorPath(in: folder(.autoencoder))
    if let text = try? String(contentsOfFile: path, encoding: .utf8),
      let known = Float(text.trimmingCharacters(in: .whitespacesAndNewlines))
    {
      return known
    }
    let autoencoder = try AutoencoderKL(try EmojiFamily.autoencoder(), WeightScope(try snapshot(.autoencoder)))
    var squares = 0.0
    for start in stride(from: 0, to: 256, by: 16) {
      let canvases = PictureBatch.samples(try dataset(.train), start..<(start + 16)).map(\.canvas)
      let mean = autoencoder.encode(PictureBatch.tensor(canvases)).mean
      squares += Double(mean.square().mean().item) / 16
    }
    // Four digits: the same number in every file that names it.
    let factor = (Float(1 / squares.squareRoot()) * 10_000).rounded() / 10_000
    try Self.write(scalingFactor: factor, in: folder(.autoencoder))
    return factor
  }

  static func write(scalingFactor: Float, in folder: String) throws {
    try OutputFile.write("\(scalingFactor)\n", to: scalingFactorPath(in: folder))
  }

  private static func scalingFactorPath(in folder: String) -> String { folder + "/scaling_factor.txt" }

  /// Files in a tokenizer's folder.
  static let tokenizerFiles = ["vocab.json", "merges.txt", "special_tokens_map.json", "tokenizer_config.json"]

  /// Latents of the first `count` samples; those that the file lacks are encoded, and written to it.
  package func latents(
    _ split: Split, count: Int, frames: Int?, progress: @escaping @Sendable (Int) -> Void
  ) throws -> LatentCache {
    let kind = frames.map { "clips-\($0)" } ?? "pictures"
    let path = "\(folder)/latents-\(kind)-\(split).safetensors"
    let known = (try? TensorFile(path: path))?.tensors["latents"]
    if let known, known.size(0) >= count { return LatentCache(latents: known) }
    let cache = try LatentCache(
      try dataset(split), count: count, frames: frames, autoencoder: try autoencoder(), after: known
    ) { done in
      if isCancelled() { throw CancellationError() }
      progress(done)
    }
    try TensorFile(["latents": cache.latents]).write(to: path)
    return cache
  }

  /// An evaluation on prompts of a split's combinations, in which every attribute that is judged is named.
  package func evaluation(
    _ split: Split = .test, count: Int, frames: Int?, steps: Int, guidance: Float
  ) throws -> EmojiEvaluation {
    try evaluation(
      prompts: dataset(split, seed: 5).prompts(frames == nil ? .picture : .clip, count: count), frames: frames,
      steps: steps, guidance: guidance)
  }

  /// An evaluation on these prompts.
  func evaluation(
    prompts: [SceneDirector.Prompt], frames: Int?, steps: Int, guidance: Float
  ) throws -> EmojiEvaluation {
    EmojiEvaluation(
      prompts: prompts, autoencoder: try autoencoder(), judge: try judge(), classes: try judgeClasses(),
      scheduler: try EmojiFamily.scheduler(), frames: frames, steps: steps, guidance: guidance,
      isCancelled: isCancelled)
  }
}

/// The parts of the family, in the order in which they are trained.
package enum FamilyPart: String, CaseIterable, Sendable {
  case tokenizer
  case autoencoder
  case clip
  case words
  case judge
  case reward
  case image
  case controlNet = "controlnet"
  case video
  case motion
  case lvdm

  /// Samples a step.
  var batch: Int {
    switch self {
    case .autoencoder: 16
    case .clip: 128
    case .video, .motion, .lvdm: 8
    case .tokenizer, .words, .judge, .reward, .image, .controlNet: 64
    }
  }

  /// Samples whose latents are encoded once; 0 of a part that trains on none.
  var cached: Int {
    switch self {
    case .image, .controlNet: 40_000
    case .video, .motion, .lvdm: 6000
    case .tokenizer, .autoencoder, .clip, .words, .judge, .reward: 0
    }
  }
}
