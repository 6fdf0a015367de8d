import NegativeSpaceEvaluation
import NegativeSpaceMedia

/// A judge without a network that knows apples alone, by the prompt.
struct AppleJudge: FrameJudge {
  let files = [Fixtures.repository + "/Tests/EvaluationTests/Fixtures/statistics.json"]

  func names(isClip: Bool) -> [ScoreName] {
    [
      ScoreName("judge quality"), ScoreName("concept accuracy", isShare: true),
      ScoreName("background accuracy", isShare: true),
    ]
  }

  func load() throws -> ScoreSource.Function {
    { footage, texts, _ in
      guard let prompt = texts.prompt, prompt.contains("apple") else { return [:] }
      let red = footage.frames.map { Double($0[0, 0].red) }.reduce(0, +) / Double(footage.frames.count)
      return ["judge quality": red / 255, "concept accuracy": 1, "background accuracy": 0]
    }
  }
}
