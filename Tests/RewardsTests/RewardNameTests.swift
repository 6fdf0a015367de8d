import NegativeSpaceRewards
import Testing

@Suite struct RewardNameTests {
  @Test(arguments: [
    ("hps", RewardName(.hps)),
    ("clipscore=Models/clip:0.05", RewardName(.clipScore, path: "Models/clip", weight: 0.05)),
    ("pickscore=C:/models/pick", RewardName(.pickScore, path: "C:/models/pick")),
    ("imagereward=a=b:-2", RewardName(.imageReward, path: "a=b", weight: -2)),
    ("aesthetic=vit,l,head.pth:3", RewardName(.aesthetic, path: "vit", head: "l,head.pth", weight: 3)),
    ("quality=one,two", RewardName(.quality, path: "one,two")),
    ("sharpness", RewardName(.sharpness)),
    ("colourfulness:0.5", RewardName(.colourfulness, weight: 0.5)),
  ])
  func `a reward is read as it is written`(text: String, expected: RewardName) throws {
    #expect(try RewardName(parsing: text) == expected)
  }

  @Test(arguments: ["", "beauty", "HPS", "=path", ":2"])
  func `another name is refused`(text: String) {
    #expect(throws: RewardError.badName(text)) { try RewardName(parsing: text) }
  }

  @Test func `a file for a reward that reads none is refused`() {
    #expect(throws: RewardError.needlessPath(.exposure, path: "a")) { try RewardName(parsing: "exposure=a:2") }
  }
}
