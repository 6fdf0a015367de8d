import Foundation
import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceTraining
import Testing

/// Run folders of which a file was damaged at random: started again, a run refuses it or goes on.
@Suite struct RunFolderFuzzTests {
  private struct Task: TrainingTask {
    func loss(step: Int, shard: Shard, weights: StepWeights) throws -> (loss: Tensor, figures: [Figure]) {
      let number = try WeightScope(weights).tensor("number", shape: [1], role: .vector, initial: .zeros)
      return ((number - Tensor([1], shape: [1])).square().mean(), [])
    }

    func validate(step: Int, weights: SnapshotWeights) throws -> [Figure] {
      [Figure("value", try weights.tensor("number").item)]
    }

    func writeSamples(step: Int, weights: SnapshotWeights, folder: String) throws {}
  }

  private static func run(_ folder: String, steps: Int) throws {
    var plan = TrainingPlan(
      folder: folder, steps: steps, shards: 1, learningRate: LearningRate(peak: 0.1, warmup: 0, total: 1, floor: 1),
      checkpointEvery: 1, validateEvery: 1, sampleEvery: 1)
    (plan.best, plan.patience) = ("value", 100)
    _ = try TrainingLoop(
      task: Task(), plan: plan, weights: TrainableWeights(start: RandomWeights(seed: 1), dtype: .float32),
      isInterrupted: { false }, report: { _ in }
    ).run()
  }

  @Test(arguments: ["checkpoint.safetensors", "best.safetensors", "review.json", "settings.json", "log.csv"])
  func `A damaged file`(_ name: String) throws {
    let good = try TemporaryFolder()
    try Self.run(good.path("run"), steps: 2)
    let files = FileManager.default
    var fuzzing = try Fuzzing(
      "run folder, \(name)", corpus: [try Data(contentsOf: URL(fileURLWithPath: good.path("run/\(name)")))],
      words: [
        "\"step\":\"-1\"", "\"step\":\"9223372036854775807\"", "null", "1e999", "-1", "validated", "weight/",
        "average/",
        "[", "{", "\n", ",", "9223372036854775807", "nan",
      ])
    try fuzzing.run(file: name) { folder in
      let run = folder.path("run")
      try? files.removeItem(atPath: run)
      try files.copyItem(atPath: good.path("run"), toPath: run)
      try files.removeItem(atPath: "\(run)/\(name)")
      try files.copyItem(atPath: folder.path(name), toPath: "\(run)/\(name)")
      try Self.run(run, steps: 3)
    }
  }
}
