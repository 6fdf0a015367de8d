import Foundation
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
    let found = try Scorer(rewards: [], judge: nil).load()(footage, ScoredTexts(), path: "x")
    let whole = footage.tensor(0..<count).reshaped([1, count, 6, 8, 3])
    #expect(abs(try #require(found["flicker"]) - Double(VideoMeasures.flicker(whole).item)) < 1e-6)
    #expect(abs(try #require(found["motion amount"]) - Double(VideoMeasures.motion(whole).item)) < 1e-6)
  }

  @Test func `A reward that reads prompts asks for one, and broken rewards are named`() throws {
    let clip = Fixtures.repository + "/Models/emoji-clip"
    let scorer = try Scorer(
      rewards: [RewardName(.clipScore, path: clip), RewardName(.clipScore, path: clip, weight: 0.5)], judge: nil
    ).load()
    let picture = Footage([Picture(width: 64, height: 64, red: 200, green: 30, blue: 30)], isClip: false)
    #expect(throws: EvaluationError.noPrompt(path: "x.png", score: "clipscore")) {
      try scorer(picture, ScoredTexts(), path: "x.png")
    }
    let scores = try scorer(picture, ScoredTexts(prompt: "a red apple"), path: "x.png")
    let single = try #require(scores["clipscore"])
    #expect(scores["clipscore 2"] == single)
    #expect(abs(try #require(scores["reward mix"]) - 1.5 * single) < 1e-9)
    // A clip's reward is the mean of its frames'.
    let still = Footage(picture.frames + picture.frames + picture.frames, isClip: true)
    #expect(
      abs(try #require(try scorer(still, ScoredTexts(prompt: "a red apple"), path: "x")["clipscore"]) - single) < 1e-4)
    #expect(throws: (any Error).self) { try Scorer(rewards: [RewardName(.hps)], judge: nil) }
  }

  /// What is avoided is a picture's own words, or the same for all; with the prompt's words it is its clipscore.
  @Test func `Agreement with what should be avoided is read off its words`() throws {
    let clip = Fixtures.repository + "/Models/emoji-clip"
    let picture = Footage([Picture(width: 64, height: 64, red: 200, green: 30, blue: 30)], isClip: false)
    func scores(_ words: String?, _ texts: ScoredTexts) throws -> [String: Double] {
      try Scorer(
        rewards: [RewardName(.clipScore, path: clip)], negative: NegativeAgreement(path: clip, words: words)
      ).load()(picture, texts, path: "x")
    }
    let own = try scores(nil, ScoredTexts(prompt: "a red apple", negative: "a red apple"))
    #expect(own["CLIP negative"] == own["clipscore"])
    #expect(try scores(nil, ScoredTexts(prompt: "a red apple", negative: ""))["CLIP negative"] == nil)
    let given = try scores("a red apple", ScoredTexts(prompt: "a red apple", negative: "a blurry picture"))
    #expect(given["CLIP negative"] == own["clipscore"])
    let other = try scores("a red apple", ScoredTexts(prompt: "a blurry picture"))
    #expect(other["CLIP negative"] == own["clipscore"] && other["clipscore"] != own["clipscore"])
  }

  @Test func `Scores without a network need no file`() throws {
    let scorer = try Scorer(rewards: [RewardName(.exposure), RewardName(.sharpness)], judge: nil).load()
    let picture = Footage([Picture(width: 8, height: 8, red: 0, green: 0, blue: 0)], isClip: false)
    let scores = try scorer(picture, ScoredTexts(), path: "x.png")
    #expect(scores["sharpness"] == 0)
    #expect(abs(try #require(scores["exposure"]) + 0.5491) < 1e-4)
  }
}
