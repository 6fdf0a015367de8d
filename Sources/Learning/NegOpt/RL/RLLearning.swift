import Foundation
import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceNetworks
public import NegativeSpacePipelines
public import NegativeSpaceRewards
import NegativeSpaceTraining
import NegativeSpaceWriters

/// Teaches a writer of negatives by the scores of the pictures that a model makes with what it writes (NegOpt's second
/// stage, arXiv:2403.07605).
///
///     let learning = try RLLearning(writer: "writer", model: model, prompts: prompts, rewards: rewards)
///     try learning.run(WriterPlan(folder: "run", steps: 400)).write(to: "writer-rl")
///
/// The reward of a text is that of pictures with it less that of pictures without a negative on the same noise.
public struct RLLearning: Sendable {
  private let subject: ReNegSubject
  private let scoring: NegativeScoring
  private let writer: String
  private let settings: RLSettings
  private let train: [String]
  private let held: [String]
  private let classifier: ClassifierName?

  /// Opens what it takes, and refuses what cannot be learned from.
  ///
  /// - Parameters:
  ///   - writer: the folder of the writer to begin with.
  ///   - prompts: learned on, and without `validation` every tenth of them validated on instead.
  ///   - rewards: scores that are to become better, summed by their weights: α · aesthetics + β · alignment, or any.
  ///   - classifier: tells what pictures are of, for the fidelity.
  /// - Throws: `LearningError.setting`, `RewardError`, `WriterError`, errors in a file.
  public init(
    writer: String, model: DiffusionModel, prompts: [String], validation: [String]? = nil, rewards: [RewardName],
    classifier: ClassifierName? = nil, settings: RLSettings = RLSettings()
  ) throws {
    try settings.validate()
    guard settings.fidelity == 0 || classifier != nil else {
      throw LearningError.setting("classifier", found: "none", expected: "one, for the fidelity")
    }
    var pictures = ReNegSettings(for: model)
    (pictures.samplingSteps, pictures.guidanceScale) = (settings.samplingSteps, settings.guidanceScale)
    (pictures.together, pictures.size) = (settings.together, settings.size)
    subject = try ReNegSubject(model: model, rewards: rewards, settings: pictures, needsGradient: false)
    scoring = NegativeScoring(
      subject.rollout, classifier: try settings.fidelity > 0 ? classifier?.load() : nil)
    let isHeld = validation == nil
    held = Array(
      (validation ?? prompts.enumerated().filter { $0.offset % 10 == 9 }.map(\.element)).prefix(settings.heldPrompts))
    train = isHeld ? prompts.enumerated().filter { $0.offset % 10 != 9 }.map(\.element) : prompts
    guard !train.isEmpty, !held.isEmpty else {
      throw TrainingError.missingInput(
        "there are \(train.count) prompts to learn on and \(held.count) to validate on; ten make one of the latter, unless \(held.isEmpty && validation != nil ? "those to validate on are" : "others are") given"
      )
    }
    (self.writer, self.settings, self.classifier) = (writer, settings, classifier)
  }

  /// Summary of the planned run, in a line.
  public var summary: String {
    "Learning on \(train.count) prompts, validating on \(held.count), for \(subject.rollout.reward.name)"
      + (settings.fidelity > 0 ? " + \(settings.fidelity) · fidelity." : ".")
  }

  /// Learns, from the checkpoint in the plan's folder if there is one.
  ///
  /// - Parameters:
  ///   - report: told after every update; its reward is minus the loss.
  ///   - isCancelled: asked before every call of a network; true ends the run with a checkpoint.
  ///   - collapsed: told where learning ended since the texts went too far from the first writer's; what was best before
  ///     is the result.
  /// - Throws: `LearningError.notValidated` where there is no result, errors in a file or a number.
  public func run(
    _ plan: WriterPlan, report: @escaping (LearningProgress) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }, collapsed: (LearningError) -> Void = { _ in }
  ) throws -> LearnedWriter {
    try plan.validate()
    let open = try OpenWriterStart(.folder(writer), texts: [], folder: plan.folder, seed: settings.seed)
    let reference = try T5Folder(path: writer).network()
    var training = plan.training(shards: 1, best: RLTask.figure)
    training.isSequential = true
    training.settings = try identity()
    let folder = try RunFolder(training, derived: [PolicyRound.folder, KnownScores.file])
    let task = RLTask(
      open.configuration, open.tokenizer, reference: reference, scoring: try scoring.kept(in: plan.folder),
      settings: settings, train: train,
      held: held, folder: plan.folder,
      isCancelled: isCancelled)
    do {
      _ = try TrainingLoop(
        task: task, plan: training, weights: TrainableWeights(start: PolicyWeights(open.weights), dtype: .float32),
        isInterrupted: isCancelled, report: { report(LearningProgress($0)) }
      ).run(in: folder)
    } catch let error as LearningError {
      guard case .collapsed = error else { throw error }
      collapsed(error)
    }
    return try LearnedWriter(bestIn: plan.folder, open.configuration, tokenizerFolder: open.tokenizerFolder)
  }

  private func identity() throws -> [String: String] {
    var result = try subject.sampleSettings(train: train, held: held)
    result["method"] = "negopt rl"
    result["writer"] = try WriterIdentity.hash(writer)
    switch settings.fidelity > 0 ? classifier : nil {
    case .reward(let reward, let classes):
      result["classifier"] = try reward.identity()
      result["classes"] = classes.joined(separator: "; ")
    case .inception(let path):
      result["classifier"] = "Inception v3 \(try ModelIdentity.hash(ofFiles: [path]).prefix(16))"
    case nil: result["classifier"] = "none"
    }
    result["round"] =
      "\(settings.prompts) prompts, \(settings.pictures) pictures, \(settings.epochs) passes of \(settings.batch), "
      + "\(settings.maxTokens) tokens"
    result["PPO"] = "clip \(settings.clip), values \(settings.valueWeight), lambda \(settings.lambda)"
    result["divergence"] =
      "\(settings.divergenceWeight), target \(settings.divergenceTarget), horizon \(settings.divergenceHorizon), limit "
      + "\(settings.divergenceLimit)"
    result["fidelity"] = "\(settings.fidelity)"
    result["seed"] = "\(settings.seed)"
    return result
  }
}
