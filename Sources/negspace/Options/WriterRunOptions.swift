import ArgumentParser
import Foundation
import NegativeSpaceLearning
import NegativeSpacePipelines

/// Length and place of a writer's learning.
struct WriterRunOptions: ParsableArguments {
  @Option(help: "Steps between validations. (default: 250, of rl 20)")
  var validateEvery: Int?
  @Option(help: "Validations without a better one after which to stop.")
  var patience: Int?
  @Option(help: "Steps in which the learning rate rises. (default: 100, at most a tenth of all)")
  var warmup: Int?
  @Option(name: .shortAndLong, parsing: .unconditional, help: "Where the random numbers start.")
  var seed: UInt64 = 0
  @Option(
    name: [.customLong("run")],
    help: ArgumentHelp("The folder of the run's state, log and samples. (default: OUTPUT-run)", valueName: "dir"),
    completion: .directory)
  var folder: String?
  @Option(
    name: .shortAndLong, help: ArgumentHelp("The writer's folder that is written.", valueName: "path"),
    completion: .file())
  var output: String

  func validate() throws {
    for (name, value) in [
      ("--validate-every", validateEvery ?? 1), ("--patience", patience ?? 1),
    ] where value < 1 {
      throw ValidationError("\(name) is \(value); it must be at least 1")
    }
    if let warmup, warmup < 0 { throw ValidationError("--warmup is \(warmup); it must be at least 0") }
  }

  /// Refuses, before anything is learned, a place for the result that cannot be written, or that holds something else.
  ///
  /// - Parameter start: the writer that learning starts from: it must stay, or the run could not go on.
  func checkOutput(besides start: String?) throws {
    try GenerationOutput.checkWritable("\(output)/config.json")
    if let start, isSameFile(start, output) {
      throw ValidationError("--output is \(output), the writer that learning starts from; expected another folder")
    }
    if FileManager.default.fileExists(atPath: "\(output)/config.json"), !LearnedWriter.isWriter(output) {
      throw ValidationError("--output is \(output), which holds something else than a writer; expected another folder")
    }
  }

  func plan(steps: Int, rate: Float, validateEvery standard: Int) -> WriterPlan {
    let trimmed = output.hasSuffix("/") ? String(output.dropLast()) : output
    var plan = WriterPlan(folder: folder ?? trimmed + "-run", steps: steps)
    (plan.rate, plan.warmup, plan.patience) = (rate, warmup, patience)
    plan.validateEvery = validateEvery ?? standard
    return plan
  }

  /// Runs to the end, or until Ctrl-C, and writes what was best.
  func finish(
    _ reporting: ReportingOptions, _ interruption: Interruption, figure: String,
    _ run: (@escaping (LearningProgress) -> Void) throws -> LearnedWriter
  ) throws {
    let progress = reporting.progress
    do {
      let learned = try run { progress.update("learning", $0.step, of: $0.steps) }
      progress.end()
      try learned.write(to: output)
      reporting.note("Best after step \(learned.step): \(figure) of \(learned.value) on held-out prompts.")
      try reporting.result([output], step: learned.step)
    } catch let error as LearningError {
      progress.end()
      guard case .notValidated = error else { throw error }
      reporting.note("\(error)")
    }
    if interruption.isRaised { throw ExitCode(Interruption.status) }
  }
}
