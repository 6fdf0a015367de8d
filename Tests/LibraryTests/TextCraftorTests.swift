import NegativeSpace
import Testing

/// Tuning with nothing but what is public.
struct TextCraftorTests {
  private static let rewards = [RewardName(.colourfulness)]

  private func settings(_ model: DiffusionModel) -> TextCraftorSettings {
    var settings = TextCraftorSettings(for: model)
    (settings.samplingSteps, settings.recordedSteps, settings.batch) = (2, 1, 1)
    return settings
  }

  @Test func `Settings that cannot be followed are refused by name`() throws {
    let model = try DiffusionModel(path: Sample.image)
    let changes: [(String, (inout TextCraftorSettings) -> Void)] = [
      ("recordedSteps", { $0.recordedSteps = 3 }), ("testedSteps", { $0.testedSteps = 3 }), ("batch", { $0.batch = 0 }),
      ("guidanceScale", { $0.guidanceScale = .nan }), ("averageDecay", { $0.averageDecay = 1 }),
      ("rank", { $0.form = .lora(rank: 0) }), ("alpha", { $0.form = .lora(rank: 1, alpha: -1) }),
      ("constraint", { $0.constraint = .tuned }),
    ]
    for (name, change) in changes {
      var settings = settings(model)
      change(&settings)
      let error = #expect(throws: LearningError.self) {
        try TextCraftorLearning(
          model: model, prompts: ["x"], validation: ["y"], rewards: Self.rewards, settings: settings)
      }
      #expect(error?.description.hasPrefix(name + " is ") == true, "\(name): \(error?.description ?? "")")
    }
    #expect(throws: LearningError.self) { try TextCraftorLearning(model: model, prompts: ["x"], rewards: []) }
    #expect(throws: LearningError.self) {
      try TextCraftorLearning(
        model: model, prompts: ["x"], validation: ["y"], rewards: Self.rewards,
        textEncoder: FileReference(path: Sample.image + "/text_encoder"))
    }
  }

  @Test func `A tuned encoder is written, and used by its folder`() throws {
    try Sample.withFolder { folder in
      let model = try DiffusionModel(path: Sample.image)
      let learning = try TextCraftorLearning(
        model: model, prompts: ["x"], validation: ["y"], rewards: Self.rewards, settings: settings(model))
      var plan = TextCraftorPlan(folder: folder + "/run", steps: 1)
      plan.rate = 1e-3
      #expect(try learning.best(of: plan) == nil)
      let learned = try learning.run(plan)
      #expect(learned.step == 1 && !learned.network.isLoRA)
      #expect(learned.network.provenance.method == "textcraftor")
      try learned.network.write(to: folder + "/tuned")
      var request = GenerationRequest(prompt: "x")
      (request.steps, request.textEncoders) = (2, [FileReference(path: folder + "/tuned")])
      #expect(try model.start(request).notes.contains { $0.contains("its text space is ") })
      plan.steps = 0
      #expect(throws: LearningError.self) { try learning.run(plan) }
    }
  }
}
