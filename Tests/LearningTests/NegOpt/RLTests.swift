import Foundation
import NegativeSpacePipelines
import NegativeSpaceRewards
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceWriters
import Testing

@testable import NegativeSpaceLearning

/// Learning by pictures on the image model that ships, with a tiny writer that the test makes.
@Suite struct RLTests {
  private static let models = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../Models").standardized.path
  private static let words = ["red", "blue", "dark", "blurry"]
  private static let prompts = ["a red apple", "a blue apple", "a red hat", "a blue hat"]

  /// A writer of one of four words.
  private func writer(in folder: TemporaryFolder) throws -> String {
    let pairs = Self.prompts.flatMap { prompt in Self.words.map { NegativePair(prompt: prompt, negative: $0) } }
    var fresh = FreshWriter()
    (fresh.pieces, fresh.width, fresh.layers, fresh.heads) = (40, 16, 1, 2)
    var settings = SFTSettings()
    settings.batch = 8
    let learning = try SFTLearning(
      pairs: NegativePairs(train: pairs, held: Array(pairs.prefix(4))), start: .fresh(fresh), settings: settings)
    var plan = WriterPlan(folder: folder.path("sft"), steps: 60)
    (plan.rate, plan.validateEvery) = (1e-2, 60)
    try learning.run(plan).write(to: folder.path("writer"))
    return folder.path("writer")
  }

  private func learning(_ writer: String, _ change: (inout RLSettings) -> Void = { _ in }) throws -> RLLearning {
    var settings = RLSettings()
    (settings.prompts, settings.pictures, settings.samplingSteps, settings.guidanceScale) = (4, 1, 2, 5)
    (settings.epochs, settings.batch, settings.maxTokens, settings.heldPrompts) = (2, 4, 8, 2)
    change(&settings)
    return try RLLearning(
      writer: writer, model: DiffusionModel(path: Self.models + "/emoji-image", dtype: .float32),
      prompts: Self.prompts, validation: Array(Self.prompts.prefix(2)), rewards: [RewardName(.colourfulness)],
      settings: settings)
  }

  @Test func `A run that is cut off goes on to the same bits`() throws {
    let folder = try TemporaryFolder()
    let writer = try writer(in: folder)
    let learning = try learning(writer)
    func plan(_ name: String) -> WriterPlan {
      var plan = WriterPlan(folder: folder.path(name), steps: 6)
      (plan.rate, plan.validateEvery) = (1e-3, 3)
      return plan
    }
    try learning.run(plan("whole")).write(to: folder.path("a"))
    let limit = Limit(steps: 3)
    _ = try? learning.run(plan("cut"), report: { _ in limit.count() }, isCancelled: { limit.isReached })
    try learning.run(plan("cut")).write(to: folder.path("b"))
    let files = try ["a", "b"].map {
      try Data(contentsOf: URL(fileURLWithPath: folder.path("\($0)/model.safetensors")))
    }
    #expect(files[0] == files[1])
    // The value head is no part of a writer.
    _ = try NegativeWriter(path: folder.path("a")).write("a red apple")
  }

  @Test func `Texts that go too far end the run, and say so`() throws {
    let folder = try TemporaryFolder()
    let learning = try learning(writer(in: folder)) { $0.divergenceLimit = 1e-3 }
    var plan = WriterPlan(folder: folder.path("run"), steps: 40)
    (plan.rate, plan.validateEvery, plan.warmup) = (0.05, 1, 0)
    var ended: LearningError?
    _ = try learning.run(plan, collapsed: { ended = $0 })
    guard case .collapsed? = ended else {
      Issue.record("it did not end")
      return
    }
  }

  @Test func `Best of several takes what gains most, or nothing`() throws {
    let folder = try TemporaryFolder()
    let writer = try NegativeWriter(path: writer(in: folder))
    var settings = BestOfNegatives.Settings()
    (settings.candidates, settings.pictures, settings.samplingSteps, settings.guidanceScale) = (6, 1, 2, 5)
    let model = try DiffusionModel(path: Self.models + "/emoji-image", dtype: .float32)
    let choice = try BestOfNegatives(
      writer: writer, model: model, rewards: [RewardName(.colourfulness)], settings: settings
    ).choose(for: "a red apple")
    #expect(choice.candidates.count > 1)
    #expect(choice.gain == choice.candidates.map(\.gain).max())
    #expect(choice.candidates.contains { $0.negative.isEmpty && $0.gain == 0 })
    #expect(choice.gain >= 0)
  }

  /// By hand: two classes, pictures sure of one each; the mean of both divergences is the logarithm of their Inception
  /// Score, which is 2.
  @Test func `The mean of the divergences is the logarithm of the Inception Score`() {
    var marginal = ClassMarginal()
    let pictures: [[Float]] = [[1, 0], [0, 1]]
    marginal.update(pictures)
    let mean = pictures.reduce(0) { $0 + marginal.divergence(of: $1) } / 2
    #expect(abs(exp(mean) - 2) < 1e-5)
    #expect(abs(marginal.divergence(of: [0.5, 0.5])) < 1e-6)
  }

  @Test func `What cannot be learned from is refused`() throws {
    let folder = try TemporaryFolder()
    let writer = try writer(in: folder)
    for change in [
      { $0.guidanceScale = 1 }, { $0.fidelity = 1 }, { $0.prompts = 0 }, { $0.divergenceTarget = .nan },
    ] as [(inout RLSettings) -> Void] {
      #expect(throws: LearningError.self) { try self.learning(writer, change) }
    }
  }
}
