import NegativeSpace
import Synchronization
import Testing

/// Refusals of learning, and how it goes on.
struct LearningErrorTests {
  private static let rewards = [RewardName(.quality, path: Sample.reward)]

  @Test func `Settings that cannot be followed are refused by name`() throws {
    let model = try DiffusionModel(path: Sample.image)
    let changes: [(String, (inout ReNegSettings) -> Void)] = [
      ("batch", { $0.batch = 0 }), ("together", { $0.together = 0 }), ("tail", { $0.tail = 0 }),
      ("through", { $0.through = $0.samplingSteps + 1 }), ("flicker", { $0.flicker = -.infinity }),
    ]
    for (name, change) in changes {
      var settings = ReNegSettings(for: model)
      change(&settings)
      let error = #expect(throws: LearningError.self) {
        try ReNegLearning(model: model, prompts: ["x"], validation: ["y"], rewards: Self.rewards, settings: settings)
      }
      #expect(error?.description.hasPrefix(name + " is ") == true)
    }
    #expect(throws: LearningError.self) { try ReNegLearning(model: model, prompts: ["x"], rewards: []) }
  }

  @Test func `A run that was cancelled goes on where it was`() throws {
    try Sample.withFolder { folder in
      let model = try DiffusionModel(path: Sample.image)
      var settings = ReNegSettings(for: model)
      (settings.samplingSteps, settings.batch) = (2, 1)
      let learning = try ReNegLearning(
        model: model, prompts: ["x"], validation: ["y"], rewards: Self.rewards, settings: settings)
      var plan = ReNegPlan(folder: folder + "/run", steps: 2)
      let isCancelled = Atomic<Bool>(false)
      #expect(throws: LearningError.notValidated(folder: plan.folder)) {
        try learning.run(
          plan, report: { _ in isCancelled.store(true, ordering: .relaxed) },
          isCancelled: { isCancelled.load(ordering: .relaxed) })
      }
      var steps: [Int] = []
      let learned = try learning.run(plan) { steps.append($0.step) }
      #expect(steps == [2])
      #expect(learned.step == 2)
      #expect(try learning.run(plan) == learned)
      plan.steps = 0
      #expect(throws: LearningError.self) { try learning.run(plan) }
    }
  }
}
