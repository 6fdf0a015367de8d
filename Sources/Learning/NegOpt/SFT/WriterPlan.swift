import NegativeSpaceNetworks
import NegativeSpaceTensors
import NegativeSpaceTraining
import NegativeSpaceWriters

/// Plan of a writer's learning: its length, and the folder of its state.
public struct WriterPlan: Sendable, Hashable {
  /// The folder of checkpoint, log and samples; a plan that is run again in it goes on from there.
  public var folder: String
  /// Optimiser steps in all.
  public var steps: Int
  /// The highest learning rate, reached after `warmup` steps; it falls along a cosine.
  public var rate: Float = 3e-4
  /// Steps in which the rate rises; nil is 100, at most a tenth of all.
  public var warmup: Int?
  /// Which optimiser moves the weights.
  public var optimizer = WriterOptimizer.adamW
  /// Steps between validations.
  public var validateEvery = 250
  /// Validations without a better one after which to stop; nil goes on.
  public var patience: Int?

  /// A plan with everything else left to its default.
  public init(folder: String, steps: Int) { (self.folder, self.steps) = (folder, steps) }

  /// - Throws: `LearningError.setting`.
  func validate() throws {
    try LearningError.requirePositive([
      ("steps", steps), ("validateEvery", validateEvery), ("patience", patience ?? 1), ("warmup", (warmup ?? 0) + 1),
    ])
    guard rate > 0, rate.isFinite else {
      throw LearningError.setting("rate", found: "\(rate)", expected: "a number above 0")
    }
  }

  func training(shards: Int, best: String) -> TrainingPlan {
    var training = TrainingPlan(
      folder: folder, steps: steps, shards: shards,
      learningRate: LearningRate(peak: rate, warmup: min(warmup ?? min(100, steps / 10), steps), total: steps),
      optimizer: optimizer.optimizer, averageDecay: 0.99,
      checkpointEvery: min(250, validateEvery), validateEvery: validateEvery, sampleEvery: validateEvery)
    (training.best, training.patience) = (best, patience)
    return training
  }
}

/// What moves a writer's weights.
public enum WriterOptimizer: String, Sendable, CaseIterable {
  /// AdamW, which remembers two numbers a weight.
  case adamW = "adamw"
  /// Adafactor (arXiv:1804.04235), which remembers a row's and a column's: T5's own.
  case adafactor

  var optimizer: Optimizer {
    switch self {
    case .adamW: Optimizer()
    case .adafactor: Optimizer(Adafactor())
    }
  }
}

/// The best validated state of a writer's learning.
public struct LearnedWriter: Sendable {
  /// The step it was taken from.
  public let step: Int
  /// Its figure on held-out prompts: the log-likelihood of a token, or the gain in reward.
  public let value: Float
  private let weights: [String: Tensor]
  private let configuration: T5Configuration
  private let tokenizerFolder: String

  /// - Throws: `LearningError.notValidated`, errors in the checkpoint.
  init(bestIn folder: String, _ configuration: T5Configuration, tokenizerFolder: String) throws {
    let checkpoint = TrainingCheckpoint(bestIn: folder)
    guard let best = checkpoint.best() else { throw LearningError.notValidated(folder: folder) }
    (step, value) = (best.step, best.value)
    weights = try checkpoint.averages().tensors.filter { !$0.key.hasPrefix(ValueHead.name) }
    (self.configuration, self.tokenizerFolder) = (configuration, tokenizerFolder)
  }

  /// Whether a folder holds a T5, as this one is.
  public static func isWriter(_ folder: String) -> Bool { (try? T5Folder(path: folder)) != nil }

  /// Writes the writer's folder, which transformers reads too.
  ///
  /// - Throws: `WriterError.unwritable`, errors of the files.
  public func write(to folder: String) throws {
    try T5Folder.write(weights, configuration, tokenizer: tokenizerFolder, to: folder)
  }
}
