import Foundation
import NegativeSpaceTensors

/// Runs a task to its last step, or until it is interrupted.
package struct TrainingLoop {
  package let task: any TrainingTask
  package let plan: TrainingPlan
  package let weights: TrainableWeights
  /// Asked after every step; true ends the run with a checkpoint.
  ///
  /// A task may end it sooner by throwing `CancellationError`.
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
  /// A run that was cut off anywhere goes on as the one that was not: what was not yet validated then is validated
  /// first.
  /// - Parameter folder: the plan's folder, where it is open already.
  /// - Returns: the number of steps done in all.
  /// - Throws: `TrainingError.notFinite` when loss or gradients blow up; the checkpoint on disk is from before.
  package func run(in folder: RunFolder? = nil) throws -> Int {
    let folder = try folder ?? RunFolder(plan)
    // The lock is held to the end.
    return try withExtendedLifetime(folder) { try runLocked() }
  }

  private func runLocked() throws -> Int {
    let checkpoint = TrainingCheckpoint(folder: plan.folder)
    let first = try checkpoint.restore(into: weights, for: plan.optimizer) ?? 0
    var review = try TrainingReview(folder: plan.folder, upTo: first)
    // To validate the last step alone would make another state the best.
    let best = TrainingCheckpoint(bestIn: plan.folder)
    if plan.best != nil, review.validated > 0, best.best() == nil {
      throw TrainingError.checkpoint(
        path: best.path,
        problem:
          "it is missing or damaged, though the run was validated up to step \(review.validated): bring it back, or "
          + "begin in another folder")
    }
    let log = try TrainingLog(
      path: plan.folder + "/log.csv", firstStep: first, isValidated: review.validated == first)
    let clock = ContinuousClock()
    let start = clock.now
    var (done, saved) = (first, first)
    func save() throws {
      guard done > saved else { return }
      try checkpoint.save(weights.parameters, step: done)
      saved = done
    }
    do {
      if first > 0, try isOver(after: first, &review, log) { return first }
      while done < plan.steps {
        let loss = try takeStep(done, log: log)
        done += 1
        let elapsed = (clock.now - start).seconds
        report(
          TrainingProgress(
            step: done, steps: plan.steps, loss: loss, secondsPerStep: elapsed / Double(done - first)))
        // First of all: what fails while results are looked at must not cost the steps.
        let isStopping = isInterrupted()
        if done % plan.checkpointEvery == 0 || done == plan.steps || isStopping { try save() }
        if isStopping { break }
        if try isOver(after: done, &review, log) {
          try save()
          break
        }
      }
    } catch is CancellationError {
      try save()
    }
    return done
  }

  /// Looks at the results of a step where the plan says so and it is not done yet.
  ///
  /// - Returns: whether the plan's patience is at its end.
  private func isOver(after step: Int, _ review: inout TrainingReview, _ log: TrainingLog) throws -> Bool {
    func isDue(_ every: Int) -> Bool { step % every == 0 || step == plan.steps }
    if isDue(plan.validateEvery), review.validated != step {
      try validate(step, log)
      review.validated = step
      try review.save(in: plan.folder)
    }
    if isDue(plan.sampleEvery), review.sampled != step {
      try task.writeSamples(step: step, weights: weights.averaged(), folder: plan.folder)
      review.sampled = step
      try review.save(in: plan.folder)
    }
    guard isDue(plan.validateEvery), let patience = plan.patience, plan.best != nil,
      let best = TrainingCheckpoint(bestIn: plan.folder).best()
    else { return false }
    return step - best.step >= patience * plan.validateEvery
  }

  /// Validates, and keeps the state if it is the best yet.
  private func validate(_ done: Int, _ log: TrainingLog) throws {
    let figures = try task.validate(step: done, weights: weights.averaged())
    for figure in figures { try log.write(step: done, TrainingLog.validation + figure.name, figure.value) }
    guard let value = figures.first(where: { $0.name == plan.best })?.value, value.isFinite else { return }
    let checkpoint = TrainingCheckpoint(bestIn: plan.folder)
    if let best = checkpoint.best(), best.value >= value { return }
    try checkpoint.save(weights.parameters, step: done, value: value)
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
