import Foundation
import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpacePipelines
import NegativeSpaceTensors
import NegativeSpaceTraining
import NegativeSpaceWriters

/// Learns a writer of negatives from pairs of prompt and negative (NegOpt's first stage, arXiv:2403.07605).
///
///     let pairs = try NegativePairs(reading: ["negatives.parquet"])
///     let learned = try SFTLearning(pairs: pairs, start: .folder("t5-small")).run(WriterPlan(folder: "run", steps: 5000))
///     try learned.write(to: "writer")
public struct SFTLearning: Sendable {
  private let pairs: NegativePairs
  private let start: WriterStart
  private let settings: SFTSettings

  /// - Throws: `LearningError.setting`.
  public init(pairs: NegativePairs, start: WriterStart, settings: SFTSettings = SFTSettings()) throws {
    try settings.validate()
    (self.pairs, self.start, self.settings) = (pairs, start, settings)
  }

  /// Learns, from the checkpoint in the plan's folder if there is one.
  ///
  /// - Parameters:
  ///   - report: told after every step; the loss is the cross-entropy of a token.
  ///   - isCancelled: asked before every call of a network but within a step; true ends the run with a checkpoint, and what was best so far is the
  ///     result.
  /// - Throws: `LearningError.notValidated` where there is none yet, errors in a file or a number.
  public func run(
    _ plan: WriterPlan, report: @escaping (LearningProgress) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> LearnedWriter {
    try plan.validate()
    var training = plan.training(shards: min(2, settings.batch), best: SFTTask.figure)
    training.settings = try identity()
    // A vocabulary belongs to its pairs: it is learned once the folder is this run's alone.
    let folder = try RunFolder(training, derived: [OpenWriterStart.vocabulary])
    let open = try OpenWriterStart(
      start, texts: pairs.train.flatMap { [$0.prompt, $0.negative] }, folder: plan.folder, seed: settings.seed)
    var task = try SFTTask(open.configuration, open.tokenizer, pairs: pairs, settings: settings)
    task.isCancelled = isCancelled
    _ = try TrainingLoop(
      task: task, plan: training, weights: TrainableWeights(start: open.weights, dtype: .float32),
      isInterrupted: isCancelled, report: { report(LearningProgress($0)) }
    ).run(in: folder)
    return try LearnedWriter(bestIn: plan.folder, open.configuration, tokenizerFolder: open.tokenizerFolder)
  }

  /// What the result depends on beside the plan.
  private func identity() throws -> [String: String] {
    func digest(_ pairs: [NegativePair]) -> String {
      let text = pairs.map { "\($0.prompt)\u{1F}\($0.negative)" }.joined(separator: "\u{1E}")
      return "\(pairs.count), SHA-256 \(SHA256.hexadecimal(of: text.utf8).prefix(16))"
    }
    let from: String =
      switch start {
      case .folder(let path): try WriterIdentity.hash(path)
      case .fresh(let sizes):
        "new, \(sizes.pieces) pieces, width \(sizes.width), \(sizes.layers) layers, \(sizes.heads) heads"
      }
    return [
      "method": "negopt sft", "start": from, "pairs": digest(pairs.train), "pairs to validate on": digest(pairs.held),
      "batch": "\(settings.batch)", "prompt tokens": "\(settings.promptTokens)",
      "negative tokens": "\(settings.negativeTokens)", "seed": "\(settings.seed)",
    ]
  }
}

/// A writer's files by their content.
enum WriterIdentity {
  /// - Throws: `ModelError` of a file that cannot be read.
  static func hash(_ folder: String) throws -> String {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { name in
      !name.hasPrefix(".") && [".safetensors", ".json", ".bin", ".model"].contains { name.hasSuffix($0) }
    }
    return String(try ModelIdentity.hash(ofFiles: names.map { "\(folder)/\($0)" }).prefix(16))
  }
}
