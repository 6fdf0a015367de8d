import Foundation
import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceTensors
import NegativeSpaceTraining
import Testing

/// A line through points: small enough to know what training must do.
private struct LineTask: TrainingTask {
  var poisonedStep = -1

  func loss(step: Int, shard: Shard, weights: StepWeights) throws -> (loss: Tensor, figures: [Figure]) {
    let samples = shard.samples(step: step, batch: 8)
    let x = samples.map { Float(($0 * 37) % 11) / 11 }
    let slope = try WeightScope(weights).tensor("slope.weight", shape: [1, 1], initial: .zeros)
    let offset = try WeightScope(weights).tensor("offset", shape: [1], role: .vector, initial: .zeros)
    let prediction = Tensor(x, shape: [x.count, 1]).linear(slope, offset)
    let target = Tensor(x.map { 3 * $0 - 1 }, shape: [x.count, 1])
    let loss = (prediction - target).square().mean()
    return (step == poisonedStep ? loss * Float.nan : loss, [Figure("loss again", loss.item)])
  }

  func validate(step: Int, weights: SnapshotWeights) throws -> [Figure] { [] }
  func writeSamples(step: Int, weights: SnapshotWeights, folder: String) throws {}
}

@Suite struct TrainingLoopTests {
  private func scratch() -> String {
    FileManager.default.temporaryDirectory.appending(path: "training-\(UUID().uuidString)").path
  }

  private func run(
    _ task: LineTask, steps: Int, folder: String, stopAfter: Int = .max
  ) throws -> (weights: TrainableWeights, done: Int) {
    let weights = TrainableWeights(start: RandomWeights(seed: 1), dtype: .float32)
    let plan = TrainingPlan(
      folder: folder, steps: steps, learningRate: LearningRate(peak: 0.05, warmup: 5, total: 400),
      optimizer: Optimizer(AdamW(beta2: 0.99, weightDecay: 0)), averageDecay: 0.9, checkpointEvery: 1000)
    var taken = 0
    let loop = TrainingLoop(
      task: task, plan: plan, weights: weights, isInterrupted: { taken >= stopAfter }, report: { _ in taken += 1 })
    return (weights, try loop.run())
  }

  @Test func trainingFindsTheLine() throws {
    let (weights, done) = try run(LineTask(), steps: 400, folder: scratch())
    #expect(done == 400)
    let slope = try #require(weights.parameters["slope.weight"]).average.floats[0]
    let offset = try #require(weights.parameters["offset"]).average.floats[0]
    #expect(abs(slope - 3) < 0.02)
    #expect(abs(offset + 1) < 0.02)
  }

  @Test func aResumedRunIsTheInterruptedOneBitForBit() throws {
    let (whole, _) = try run(LineTask(), steps: 40, folder: scratch())
    let folder = scratch()
    let (_, stopped) = try run(LineTask(), steps: 40, folder: folder, stopAfter: 17)
    #expect(stopped == 17)
    let (resumed, done) = try run(LineTask(), steps: 40, folder: folder)
    #expect(done == 40)
    for name in ["slope.weight", "offset"] {
      let (a, b) = (try #require(whole.parameters[name]), try #require(resumed.parameters[name]))
      #expect(a.value.floats == b.value.floats)
      #expect(Set(a.moments.keys) == [.first, .second] && a.moments.keys == b.moments.keys)
      for moment in a.moments.keys { #expect(a.moments[moment]?.floats == b.moments[moment]?.floats) }
      #expect(a.average.floats == b.average.floats)
    }
    let log = try String(contentsOfFile: folder + "/log.csv", encoding: .utf8).split(separator: "\n")
    let steps = log.filter { $0.contains(",loss,") }.compactMap { Int($0.split(separator: ",")[1]) }
    #expect(steps == [1, 11, 21, 31])
  }

  @Test func aLossThatIsNotFiniteStopsTheRunAndSparesTheCheckpoint() throws {
    let folder = scratch()
    _ = try run(LineTask(), steps: 10, folder: folder)
    let before = try Data(contentsOf: URL(fileURLWithPath: folder + "/checkpoint.safetensors"))
    #expect(throws: TrainingError.self) { try run(LineTask(poisonedStep: 12), steps: 20, folder: folder) }
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/checkpoint.safetensors")) == before)
  }

  @Test func aTruncatedCheckpointIsAnErrorAndNotAFreshStart() throws {
    let folder = scratch()
    _ = try run(LineTask(), steps: 10, folder: folder)
    let url = URL(fileURLWithPath: folder + "/checkpoint.safetensors")
    try Data(contentsOf: url).dropLast(5).write(to: url)
    #expect(throws: (any Error).self) { try run(LineTask(), steps: 20, folder: folder) }
  }

  @Test func theRateRisesLinearlyAndFallsAlongACosine() {
    let rate = LearningRate(peak: 2, warmup: 4, total: 104, floor: 0.1)
    #expect((0..<4).map { rate($0) } == [0.5, 1, 1.5, 2])
    #expect(abs(rate(54) - 1.1) < 1e-6)  // half way: the mean of 2 and 0.2
    #expect(abs(rate(104) - 0.2) < 1e-6)
    #expect(rate(1000) == rate(104))
  }

  @Test func shardsCutABatchWithoutLossOrOverlap() {
    for count in 1...5 {
      let parts = (0..<count).map { Shard(index: $0, count: count).samples(step: 3, batch: 11) }
      #expect(parts.flatMap { Array($0) } == Array(33..<44))
    }
  }
}
