import Foundation
import NegativeSpaceEmojiWorld
import NegativeSpaceRewards
import NegativeSpaceTensors
import Testing

@testable import NegativeSpaceEmojiFamily

/// The reward that ships, on pictures that were not trained on.
@Suite struct ShippedRewardTests {
  private static let font = "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"
  private static let models = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../Models").standardized.path

  @Test(.enabled(if: FileManager.default.fileExists(atPath: font), "fonts-noto-color-emoji is not installed"))
  func damagedPicturesAreToldFromGoodOnes() throws {
    let reward = try RewardName(.quality, path: Self.models + "/emoji-reward").load()
    let dataset = try Dataset(SpriteSheet(), split: .test, seed: 5, side: EmojiFamily.side, damagedFraction: 0.5)
    let samples = PictureBatch.samples(dataset, 0..<128)
    let scores = reward(
      PictureBatch.tensor(samples.map(\.canvas)) * 0.5 + 0.5, prompts: samples.map(\.caption))
    let right = zip(scores.floats, samples).count { (exp($0) > 0.5) == ($1.damage == nil) }
    #expect(right >= 122, "\(right) of 128")
  }
}
