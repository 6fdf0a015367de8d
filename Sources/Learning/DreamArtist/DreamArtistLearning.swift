import Foundation
import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceNetworks
public import NegativeSpacePipelines
import NegativeSpaceTensors
import NegativeSpaceTraining

/// Learns a word to say and a word to avoid from one picture, or a few (DreamArtist, arXiv:2211.11337).
///
///     let picture = try ReferencePicture(contentsOf: "it.png")
///     let learning = try DreamArtistLearning(model: model, pictures: [picture], token: "<it>")
///     let words = try learning.run(DreamArtistPlan(folder: "run", steps: 1000)) { print($0.step, $0.loss) }
///     try words.write(to: "it")
///
/// A step noises the picture, asks the denoiser with a text that says the one word and with one that says the other,
/// guides as generation does, and moves both words' vectors so that the guided prediction is the right one. Nothing of
/// the model changes. The parts of the model that it needs are loaded when it is made, and kept.
public struct DreamArtistLearning: Sendable {
  let subject: DreamArtistSubject
  let model: DiffusionModel
  let pictures: [ReferencePicture]
  let token: String
  private let isLarge: Bool
  /// What was done to the pictures, a sentence each.
  public let notes: [String]

  /// Opens what it takes, and refuses what cannot be learned from.
  ///
  /// - Parameters:
  ///   - model: one of pictures, whose words video models of the same text space know too.
  ///   - pictures: at least one.
  ///   - token: the word to say, such as `<it>`; the one to avoid is `<it>-neg`.
  /// - Throws: `LearningError.setting`, `ModelError`, errors in a file.
  public init(
    model: DiffusionModel, pictures: [ReferencePicture], token: String,
    settings: DreamArtistSettings = DreamArtistSettings()
  ) throws {
    guard model.kind == .image, try !model.requested().readsMask else {
      throw LearningError.setting(
        "model", found: "\(model.path), which makes \(model.kind == .image ? "parts of pictures" : "videos")",
        expected: "a model of pictures; the words can then be used on every model of its text space, videos too")
    }
    for picture in pictures { try picture.requireAttention() }
    var settings = settings
    isLarge = model.textWidth >= 512
    settings.together = settings.together ?? (isLarge ? 1 : 16)
    let (parts, loras) =
      try settings.lora.map {
        try FrozenModel.withLoRAs(model, size: settings.size, $0, onTextEncoder: settings.hasTextEncoderLoRA)
      }
      ?? (try FrozenModel(model, size: settings.size), nil)
    subject = try DreamArtistSubject(
      parts, pictures: pictures, token: token, settings: settings, loras: loras, isCheckpointed: isLarge)
    (self.model, self.pictures, self.token) = (model, pictures, token)
    let (height, width) = (
      parts.latentShape[0] * parts.autoencoder.factor, parts.latentShape[1] * parts.autoencoder.factor
    )
    notes = pictures.compactMap { $0.note(width: width, height: height) }
  }

  /// Summary of the planned run, in a line.
  public var summary: String {
    let settings = subject.settings
    let what =
      settings.isPair
      ? "\"\(token)\" (\(settings.positiveVectors) vectors) and \"\(token)\(DreamArtistSubject.suffix)\" "
        + "(\(settings.negativeVectors)) under guidance \(settings.guidance)"
        + (settings.loraRank > 0 ? ", with LoRAs of rank \(settings.loraRank)" : "")
        + (settings.hasTextEncoderLoRA ? ", on the text encoder too" : "")
      : "\"\(token)\" (\(settings.positiveVectors) vectors) alone, by Textual Inversion"
    return "Learning \(what) from \(pictures.map(\.name).joined(separator: ", "))."
  }

  /// Learns, from the checkpoint in the plan's folder if there is one.
  ///
  /// - Parameters:
  ///   - report: told after every step.
  ///   - isCancelled: asked before every call of a network, on several threads; true ends the run with a checkpoint,
  ///     and the words as they are then are the result.
  /// - Throws: `LearningError.notLearned` where no step was made, errors in a file or a number; the state on disk is
  ///   then that of the last checkpoint.
  public func run(
    _ plan: DreamArtistPlan, report: @escaping (LearningProgress) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> LearnedWords {
    try plan.validate()
    var subject = subject
    subject.isCancelled = isCancelled
    let start = try subject.start()
    let weights = TrainableWeights(
      start: SnapshotWeights(start, fallback: RandomWeights(seed: subject.settings.seed), dtype: .float32),
      dtype: .float32)
    weights.rateShare = plan.rateShare
    var training = training(plan)
    training.settings = try identity(plan)
    let folder = try RunFolder(training)
    // Neither too much to look at, nor hours of sampling on a large model.
    let preview = WordPreview(subject, guidance: previewGuidance, count: isLarge ? 1 : 4)
    _ = try TrainingLoop(
      task: DreamArtistTask(subject, preview: preview), plan: training, weights: weights, isInterrupted: isCancelled,
      report: { report(LearningProgress($0)) }
    ).run(in: folder)
    return try words(in: plan.folder)
  }

  // MARK: Inside

  private func training(_ plan: DreamArtistPlan) -> TrainingPlan {
    let settings = subject.settings
    // Halves of a batch on two threads for small models; one part after the other for those of which only one fits.
    let shards =
      isLarge ? (settings.batch + settings.samplesAtOnce - 1) / settings.samplesAtOnce : min(2, settings.batch)
    var adamW = AdamW(weightDecay: settings.weightDecay, maximumGradientNorm: settings.gradientNorm)
    adamW.clipsEachParameter = true
    // A cosine that stays where it begins: the rate is constant, and a run can be made longer.
    var training = TrainingPlan(
      folder: plan.folder, steps: plan.steps, shards: shards,
      learningRate: LearningRate(peak: plan.rate, warmup: 0, total: 1, floor: 1), optimizer: Optimizer(adamW),
      averageDecay: settings.averageDecay, checkpointEvery: min(25, plan.previewEvery),
      validateEvery: plan.previewEvery, sampleEvery: plan.previewEvery)
    training.isSequential = isLarge || settings.batch == 1
    return training
  }

  private var previewGuidance: Float {
    let guidance = subject.settings.guidance
    return subject.settings.isPair ? (guidance.first + guidance.last) / 2 : Float(model.defaults.guidanceScale)
  }

  /// The words of the last checkpoint.
  private func words(in folder: String) throws -> LearnedWords {
    let checkpoint = TrainingCheckpoint(folder: folder)
    guard FileManager.default.fileExists(atPath: checkpoint.path) else {
      throw LearningError.notLearned(folder: folder)
    }
    let (tensors, step) = try checkpoint.averages()
    let space = try model.textSpace(clipSkip: subject.settings.clipSkip)
    let provenance = try provenance(step)
    func word(_ name: String, _ token: String) -> TokenEmbedding? {
      tensors[name].map { vectors in
        TokenEmbedding(
          values: vectors.floats, count: vectors.size(0), width: vectors.size(1), token: token, space: space,
          provenance: provenance)
      }
    }
    guard let positive = word(DreamArtistSubject.positiveName, token) else {
      throw LearningError.notLearned(folder: folder)
    }
    var words = LearnedWords(
      positive: positive, negative: word(DreamArtistSubject.negativeName, token + DreamArtistSubject.suffix),
      step: step)
    if let shape = subject.settings.lora {
      func lora(_ branch: BranchLoRAs.Branch) throws -> TunedNetwork {
        var tuned = try TunedNetwork(
          .denoiser, tensors: BranchLoRAs.matrices(tensors, prefix: branch.prefix), lora: shape, of: model.files,
          provenance: provenance)
        tuned.textEncoderTensors = BranchLoRAs.matrices(tensors, prefix: branch.textPrefix)
        return tuned
      }
      (words.positiveLoRA, words.negativeLoRA) = (try lora(.positive), try lora(.negative))
    }
    return words
  }
}
