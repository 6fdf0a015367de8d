import Foundation
import NegativeSpaceEmojiFamily
import NegativeSpaceEmojiWorld
import NegativeSpaceEvaluation
import NegativeSpaceMedia
import NegativeSpaceRewards
import NegativeSpaceTensors
import Testing

struct ScorerTests {
  /// Grey frames whose brightness goes up and down.
  private func clip(_ greys: [UInt8], width: Int = 8, height: Int = 6) -> Footage {
    Footage(greys.map { Picture(width: width, height: height, red: $0, green: $0, blue: $0) }, isClip: true)
  }

  @Test(arguments: [1, 2, 3, 9, 10, 11, 30])
  func `Measures in pieces are those of the whole clip`(_ count: Int) throws {
    var random = SplitMix64(seed: 3)
    let footage = clip((0..<count).map { _ in UInt8(random.below(256)) })
    let found = try Scorer(rewards: [], judge: nil).load()(footage, prompt: nil, path: "x")
    let whole = footage.tensor(0..<count).reshaped([1, count, 6, 8, 3])
    #expect(abs(try #require(found["flicker"]) - Double(VideoMeasures.flicker(whole).item)) < 1e-6)
    #expect(abs(try #require(found["motion amount"]) - Double(VideoMeasures.motion(whole).item)) < 1e-6)
  }

  @Test func `The judge speaks only of prompts in the family's grammar`() throws {
    let scorer = try Scorer(rewards: [], judge: Fixtures.judge).load()
    let picture = Footage([Picture(width: 64, height: 64, red: 255, green: 255, blue: 255)], isClip: false)
    let scores = try scorer(picture, prompt: "a red apple on a white background", path: "x")
    #expect(scores["background accuracy"] == 1)
    #expect(scores["concept accuracy"] == 0)
    #expect(try #require(scores["judge quality"]) >= 0)
    #expect(try scorer(picture, prompt: "a red apple floating in space", path: "x").isEmpty)
    #expect(try scorer(picture, prompt: nil, path: "x").isEmpty)
    #expect(try scorer(picture, prompt: "a red apple", path: "x")["background accuracy"] == nil)
  }

  /// The judge reads pictures at its own size, however large they were written.
  @Test func `Enlarged pictures are judged as they were`() throws {
    let judge = try Scorer(rewards: [], judge: Fixtures.judge).load()
    let sample = try Picture(contentsOf: Fixtures.repository + "/Samples/apple.png")
    let small = sample.resized(width: 64, height: 64)
    let (one, two) = try (
      judge(Footage([sample], isClip: false), prompt: "a red apple on a yellow background", path: "x"),
      judge(Footage([small], isClip: false), prompt: "a red apple on a yellow background", path: "x")
    )
    #expect(one == two)
    #expect(one["concept accuracy"] == 1)
    #expect(one["background accuracy"] == 1)
  }

  @Test func `A reward that reads prompts asks for one, and broken rewards are named`() throws {
    let clip = Fixtures.repository + "/Models/emoji-clip"
    let scorer = try Scorer(
      rewards: [RewardName(.clipScore, path: clip), RewardName(.clipScore, path: clip, weight: 0.5)], judge: nil
    ).load()
    let picture = Footage([Picture(width: 64, height: 64, red: 200, green: 30, blue: 30)], isClip: false)
    #expect(throws: EvaluationError.noPrompt(path: "x.png", score: "clipscore")) {
      try scorer(picture, prompt: nil, path: "x.png")
    }
    let scores = try scorer(picture, prompt: "a red apple", path: "x.png")
    let single = try #require(scores["clipscore"])
    #expect(scores["clipscore 2"] == single)
    #expect(abs(try #require(scores["reward mix"]) - 1.5 * single) < 1e-9)
    // A clip's reward is the mean of its frames'.
    let still = Footage(picture.frames + picture.frames + picture.frames, isClip: true)
    #expect(abs(try #require(try scorer(still, prompt: "a red apple", path: "x")["clipscore"]) - single) < 1e-4)
    #expect(throws: (any Error).self) { try Scorer(rewards: [RewardName(.hps)], judge: nil) }
  }
}
