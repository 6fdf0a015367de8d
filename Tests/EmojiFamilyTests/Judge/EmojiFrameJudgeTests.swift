import Foundation
import NegativeSpaceEmojiFamily
import NegativeSpaceEvaluation
import NegativeSpaceMedia
import Testing

/// The family's judge as a source of scores.
struct EmojiFrameJudgeTests {
  private static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "../../..").standardized.path
  private static let judge = EmojiFrameJudge(folder: repository + "/Models/emoji-judge")

  @Test func `The judge speaks only of prompts in the family's grammar`() throws {
    let scorer = try Scorer(rewards: [], judge: Self.judge).load()
    let picture = Footage([Picture(width: 64, height: 64, red: 255, green: 255, blue: 255)], isClip: false)
    let scores = try scorer(picture, ScoredTexts(prompt: "a red apple on a white background"), path: "x")
    #expect(scores["background accuracy"] == 1)
    #expect(scores["concept accuracy"] == 0)
    #expect(try #require(scores["judge quality"]) >= 0)
    #expect(try scorer(picture, ScoredTexts(prompt: "a red apple floating in space"), path: "x").isEmpty)
    #expect(try scorer(picture, ScoredTexts(), path: "x").isEmpty)
    #expect(try scorer(picture, ScoredTexts(prompt: "a red apple"), path: "x")["background accuracy"] == nil)
  }

  /// The judge reads pictures at its own size, however large they were written.
  @Test func `Enlarged pictures are judged as they were`() throws {
    let judge = try Scorer(rewards: [], judge: Self.judge).load()
    let sample = try Picture(contentsOf: Self.repository + "/Samples/apple.png")
    let small = sample.resized(width: 64, height: 64)
    let (one, two) = try (
      judge(Footage([sample], isClip: false), ScoredTexts(prompt: "a red apple on a yellow background"), path: "x"),
      judge(Footage([small], isClip: false), ScoredTexts(prompt: "a red apple on a yellow background"), path: "x")
    )
    #expect(one == two)
    #expect(one["concept accuracy"] == 1)
    #expect(one["background accuracy"] == 1)
  }

  @Test func `Of clips it judges the motion, too`() throws {
    let scorer = try Scorer(rewards: [], judge: Self.judge)
    let names = ["judge quality", "concept accuracy", "background accuracy"]
    #expect(scorer.names(isClip: false).map(\.text) == names)
    #expect(
      scorer.names(isClip: true).map(\.text) == names + [
        "motion accuracy", "flicker", "motion amount", "motion smoothness",
      ])
  }

  /// Kept scores of comparisons are known by it: as long as the shipped folder is the same, it must be.
  @Test func `Its identity is that of its files' content`() throws {
    let source = try ScoreSource.judge(Self.judge)
    #expect(source.identity == "judge 7a09fc3b85134316250d5e4588ac67193187e7f3e5813c308a798cd413f1923c")
  }
}
