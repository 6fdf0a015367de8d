import Foundation
import NegativeSpaceTensors

/// Runs a task to its last step, or until it is interrupted.
package struct TrainingLoop {
  package let task: any TrainingTask
  package let plan: TrainingPlan
  package let weights: TrainableWeights
  /// Asked after every step; true ends the run with a checkpoint.
  package let isInterrupted: () -> Bool
  /// Gets one line for the person who waits.
  package let report: (TrainingProgress) -> Void

  package init(
    task: any TrainingTask, plan: TrainingPlan, weights: TrainableWeights, isInterrupted: @escaping () -> Bool,
    report: @escaping (TrainingProgress) -> Void
  ) {
    (self.task, self.plan, self.weights) = (task, plan, weights)
    (self.isInterrupted, self.report) = (isInterrupted, report)
  }

  /// Trains, from the checkpoint in the plan's folder if there is one.
  ///
  /// - Returns: the number of steps done in all.
  /// - Throws: `TrainingError.notFinite` when loss or gradients blow up; the checkpoint on disk is from before.
  package func run() throws -> Int {
    try FileManager.default.createDirectory(atPath: plan.folder, withIntermediateDirectories: true)
    let checkpoint = TrainingCheckpoint(folder: plan.folder)
    let first = try checkpoint.restore(into: weights) ?? 0
    let log = try TrainingLog(path: plan.folder + "/log.csv", firstStep: first)
    let clock = ContinuousClock()
    let start = clock.now
    var saved = first
    var isExhausted = false
    for step in first..<max(first, plan.steps) {
      let loss = try takeStep(step, log: log)
      let done = step + 1
      let elapsed = (clock.now - start).seconds
      report(
        TrainingProgress(
          step: done, steps: plan.steps, loss: loss, secondsPerStep: elapsed / Double(done - first)))
      let last = done == plan.steps || isInterrupted()
      // First of all: a failure while results are looked at must not cost the steps.
      if done % plan.checkpointEvery == 0 || last {
        try checkpoint.save(weights.parameters, step: done)
        saved = done
      }
      if done % plan.validateEvery == 0 || done == plan.steps {
        isExhausted = try validate(done, log)
      }
      if done % plan.sampleEvery == 0 || done == plan.steps {
        try task.writeSamples(step: done, weights: weights.averaged(), folder: plan.folder)
      }
      if isExhausted {
        try checkpoint.save(weights.parameters, step: done)
        return done
      }
      if last { break }
    }
    return saved
  }

  /// Validates, keeps the state if it is the best yet, and says whether the plan's patience is at its end.
  private func validate(_ done: Int, _ log: TrainingLog) throws -> Bool {
    let figures = try task.validate(step: done, weights: weights.averaged())
    for figure in figures { try log.write(step: done, "validation " + figure.name, figure.value) }
    guard let value = figures.first(where: { $0.name == plan.best })?.value else { return false }
    let checkpoint = TrainingCheckpoint(bestIn: plan.folder)
    guard value.isFinite else { return false }
    guard let best = checkpoint.best(), best.value >= value else {
      try checkpoint.save(weights.parameters, step: done, value: value)
      return false
    }
    guard let patience = plan.patience else { return false }
    return done - best.step >= patience * plan.validateEvery
  }

  private func takeStep(_ step: Int, log: TrainingLog) throws -> Float {
    let shards = try ShardedStep(
      task: task, weights: weights, step: step, shards: plan.shards, isSequential: plan.isSequential)
    guard shards.loss.isFinite else { throw TrainingError.notFinite(what: "the loss", step: step) }
    let rate = plan.learningRate(step)
    let decay = min(plan.averageDecay, Float(step + 1) / Float(step + 10))
    let norm = weights.update(
      shards.gradients, rate: rate, step: step + 1, with: plan.optimizer, averageDecay: decay)
    guard norm.isFinite else { throw TrainingError.notFinite(what: "the gradient", step: step) }
    if step % 10 == 0 {
      for figure in [Figure("loss", shards.loss), Figure("gradient norm", norm), Figure("rate", rate)] + shards.figures
      {
        try log.write(step: step + 1, figure.name, figure.value)
      }
    }
    return shards.loss
  }
}

/// Progress of a run, for the progress line.
package struct TrainingProgress: Sendable {
  package let step: Int
  package let steps: Int
  package let loss: Float
  package let secondsPerStep: Double

  /// Seconds until the last step at the present pace.
  package var secondsLeft: Double { secondsPerStep * Double(steps - step) }
}

extension Duration {
  /// The duration as a number of seconds.
  package var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
