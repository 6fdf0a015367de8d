import Foundation
import NegativeSpaceFiles
import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceTensors
import NegativeSpaceTraining
import Synchronization
import Testing

/// What ends a run in the tests, as a signal would.
private struct Killed: Error {}

/// The events of a run, of which one may be its last.
private final class Events: Sendable {
  private let count = Atomic<Int>(0)
  let last: Int
  let isCancelling: Bool

  init(last: Int, isCancelling: Bool) { (self.last, self.isCancelling) = (last, isCancelling) }

  var number: Int { count.load(ordering: .relaxed) }

  func happen() throws {
    guard count.add(1, ordering: .relaxed).newValue > last else { return }
    if isCancelling { throw CancellationError() }
    throw Killed()
  }
}

/// A number that is pulled to 1 and validated by how near it is to 0.3: the best is in the middle.
private struct NumberTask: TrainingTask {
  let events: Events

  func loss(step: Int, shard: Shard, weights: StepWeights) throws -> (loss: Tensor, figures: [Figure]) {
    try events.happen()
    let number = try WeightScope(weights).tensor("number", shape: [1], role: .vector, initial: .zeros)
    return ((number - Tensor([1], shape: [1])).square().mean(), [])
  }

  func validate(step: Int, weights: SnapshotWeights) throws -> [Figure] {
    try events.happen()
    let number = try weights.tensor("number", shape: [1], role: .vector, initial: .zeros).item
    return [Figure("nearness", -abs(number - 0.3))]
  }

  func writeSamples(step: Int, weights: SnapshotWeights, folder: String) throws { try events.happen() }
}

@Suite struct ResumedRunTests {
  /// What a run leaves, without the log's times.
  private struct State: Equatable {
    var checkpoint: Data
    var best: Data
    var log: [String]
    var steps: Int
  }

  private let folder = FileManager.default.temporaryDirectory.appending(path: "resumed-\(UUID().uuidString)").path

  private func plan(_ folder: String, patience: Int?) -> TrainingPlan {
    var plan = TrainingPlan(
      folder: folder, steps: 13, shards: 1, learningRate: LearningRate(peak: 0.1, warmup: 0, total: 13),
      averageDecay: 0, checkpointEvery: 2, validateEvery: 3, sampleEvery: 4)
    (plan.best, plan.patience) = ("nearness", patience)
    return plan
  }

  private func run(_ folder: String, patience: Int?, events: Events) throws -> Int {
    try TrainingLoop(
      task: NumberTask(events: events), plan: plan(folder, patience: patience),
      weights: TrainableWeights(start: RandomWeights(seed: 1), dtype: .float32), isInterrupted: { false },
      report: { _ in }
    ).run()
  }

  private func state(_ folder: String, steps: Int) throws -> State {
    func file(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")) }
    let log = String(decoding: try file("log.csv"), as: UTF8.self).split(separator: "\n")
    return State(
      checkpoint: try file("checkpoint.safetensors"), best: try file("best.safetensors"),
      log: log.map { $0.split(separator: ",").dropFirst().joined(separator: ",") }, steps: steps)
  }

  @Test(arguments: [(Int?.none, false), (2, false), (nil, true), (2, true)])
  func `Cut off anywhere, a run goes on to what it would have been`(patience: Int?, isCancelling: Bool) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let all = Events(last: .max, isCancelling: false)
    let whole = try state("\(folder)/whole", steps: run("\(folder)/whole", patience: patience, events: all))
    #expect(whole.steps == (patience == nil ? 13 : whole.steps))
    for last in 0..<all.number {
      let place = "\(folder)/\(last)"
      let events = Events(last: last, isCancelling: isCancelling)
      if isCancelling {
        _ = try run(place, patience: patience, events: events)
      } else {
        #expect(throws: Killed.self) { try run(place, patience: patience, events: events) }
      }
      let steps = try run(place, patience: patience, events: Events(last: .max, isCancelling: false))
      #expect(try state(place, steps: steps) == whole, "cut off at event \(last)")
      // A finished run stays what it is, also where its notes on what was validated are lost.
      try FileManager.default.removeItem(atPath: place + "/review.json")
      let again = try run(place, patience: patience, events: Events(last: .max, isCancelling: false))
      #expect(try state(place, steps: again) == whole)
    }
  }

  @Test func `Other settings are refused with both sides`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let events = Events(last: .max, isCancelling: false)
    _ = try run(folder, patience: nil, events: events)
    var other = plan(folder, patience: 7)
    _ = try RunFolder(other)
    other.averageDecay = 0.5
    other.settings = ["seed": "1"]
    let error = #expect(throws: TrainingError.self) { try RunFolder(other) }
    guard case .otherSettings(_, let differences) = try #require(error) else { return #expect(Bool(false)) }
    #expect(
      differences == [
        SettingDifference(name: "average", there: "0.0", asked: "0.5"),
        SettingDifference(name: "seed", there: "not set", asked: "1"),
      ])
  }

  @Test func `Without its best state or its settings a run that was validated does not go on`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let events = Events(last: .max, isCancelling: false)
    _ = try run(folder, patience: nil, events: events)
    let best = URL(fileURLWithPath: "\(folder)/best.safetensors")
    let whole = try Data(contentsOf: best)
    for damaged in [Data(), whole.prefix(whole.count / 2), nil] {
      try FileManager.default.removeItem(at: best)
      if let damaged { try Data(damaged).write(to: best) }
      let error = #expect(throws: TrainingError.self) { try run(folder, patience: nil, events: events) }
      #expect("\(try #require(error))".contains("validated up to step 13"))
      if damaged == nil { try whole.write(to: best) }
    }
    _ = try run(folder, patience: nil, events: events)
    try FileManager.default.removeItem(atPath: "\(folder)/settings.json")
    let error = #expect(throws: TrainingError.self) { try run(folder, patience: nil, events: events) }
    #expect("\(try #require(error))".contains("no settings.json"))
  }

  @Test(arguments: ["log.csv", "settings.json", "review.json", "best.safetensors", "checkpoint.safetensors"])
  func `A pipe in a run's folder is refused, not waited for`(_ name: String) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    _ = try run(folder, patience: nil, events: Events(last: .max, isCancelling: false))
    try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
    #expect(mkfifo("\(folder)/\(name)", 0o600) == 0)
    #expect(throws: FileError.unwritable(path: "\(folder)/\(name)", reason: "it is a pipe, not a plain file")) {
      try run(folder, patience: nil, events: Events(last: .max, isCancelling: false))
    }
  }

  @Test func `A new phase goes on from the averaged weights with other settings`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let events = Events(last: .max, isCancelling: false)
    #expect(throws: TrainingError.self) { try TrainingPhase(folder: folder).begin() }
    _ = try run(folder, patience: nil, events: events)
    let before = try TrainingCheckpoint.averages(folder: folder).tensors
    try TrainingPhase(folder: folder).begin()
    let after = try TrainingCheckpoint.averages(folder: folder)
    #expect(after.step == 0)
    #expect(after.tensors.mapValues(\.floats) == before.mapValues(\.floats))
    let kept = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(kept.contains("phase-1-settings.json") && kept.contains("phase-1-log.csv"))
    var other = plan(folder, patience: nil)
    other.settings = ["seed": "1"]
    _ = try RunFolder(other)
  }

  @Test func `What was made before the first checkpoint goes with its settings`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let made = "\(folder)/vocabulary"
    var plan = plan(folder, patience: nil)
    func open() throws -> Bool {
      _ = try RunFolder(plan, derived: ["vocabulary"])
      let isThere = FileManager.default.fileExists(atPath: made)
      try Data().write(to: URL(fileURLWithPath: made))
      return isThere
    }
    #expect(try !open())
    #expect(try open())
    plan.settings = ["pieces": "200"]
    #expect(try !open())
  }

  @Test func `A second process is refused as long as the first is at work`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let first = try RunFolder(plan(folder, patience: nil))
    #expect(throws: FileError.busy(folder: folder)) { try RunFolder(plan(folder, patience: nil)) }
    withExtendedLifetime(first) {}
  }
}
