import Foundation
import NegativeSpace
import Testing

/// Scores and comparisons by what is public alone.
struct ScoringTests {
  static let quality = RewardName(.quality, path: Sample.reward)

  @Test func `Frames and the file that they are written to have the same scores`() throws {
    let model = try DiffusionModel(path: Sample.image)
    var request = GenerationRequest(prompt: "a red apple")
    request.steps = 1
    let scorer = try Scorer(rewards: [Self.quality]).load()
    var frames: [Frame] = []
    try model.generate(request) { frames.append($0) }
    let scores = try scorer.scores(of: frames)
    #expect(scores.keys.sorted() == ["quality"])
    try Sample.withFolder { folder in
      let file = folder + "/apple.png"
      let record = try model.write(request, to: file)
      #expect(try GenerationRecord(contentsOf: file) == record)
      let found = try scorer.scores(contentsOf: file)
      #expect(found.values == scores)
      #expect(found.prompt == "a red apple")
      #expect(found.names.map(\.text) == ["quality"])
    }
    #expect(throws: EvaluationError.noFrames) { try scorer.scores(of: []) }
  }

  @Test func `A cancelled file is not there`() throws {
    try Sample.withFolder { folder in
      let model = try DiffusionModel(path: Sample.video)
      #expect(throws: GenerationError.self) {
        try model.write(GenerationRequest(prompt: "x"), to: folder + "/x.mp4", isCancelled: { true })
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }
  }

  @Test func `Negatives are compared and reported`() throws {
    try Sample.withFolder { folder in
      var comparison = Comparison(
        arms: [NegativeArm("none", .empty), NegativeArm("words", .words("blurry"))],
        models: [ComparedModel("tiny", path: Sample.image, prompts: ["a red apple"])], folder: folder)
      comparison.rewards = [Self.quality]
      comparison.request.steps = 1
      let results = try ComparisonRun(comparison).run()
      #expect(results.models[0].tables.map(\.score.text) == ["quality"])
      #expect(results.models[0].tables[0].rows.map(\.arm) == ["none", "words"])
      try results.write(to: folder)
      let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      #expect(files == ["cells", "report.html", "results.csv", "results.json"])
      comparison.baseline = 2
      #expect(throws: RequestError.self) { try comparison.validate() }
    }
  }
}
