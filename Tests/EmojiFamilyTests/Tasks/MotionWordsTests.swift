import Foundation
import NegativeSpaceEmojiWorld
import NegativeSpaceTensors
import NegativeSpaceText
import Testing

@testable import NegativeSpaceEmojiFamily

/// The right words are learned, and nothing else of the vocabulary moves.
@Suite struct MotionWordsTests {
  private static let font = "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"
  private static let tokenizer = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../Models/emoji-image/tokenizer").standardized

  @Test(.enabled(if: FileManager.default.fileExists(atPath: font), "fonts-noto-color-emoji is not installed"))
  func wordsOfMotionsAreLearnedAndThoseOfPicturesAreNot() throws {
    let tokenizer = try CLIPTokenizer(folder: Self.tokenizer)
    let dataset = try Dataset(SpriteSheet(), split: .train, seed: 1, conceptCount: 100, side: 64)
    let words = Set(MotionWordsTask.words(of: dataset, tokenizer, count: 4000))
    func ids(_ text: String) -> [Int] { Array(tokenizer.encode(text).ids.dropFirst().prefix { $0 != tokenizer.end }) }
    for text in ["spinning", "growing", "shrinking", "bouncing", "moving"] {
      #expect(words.isSuperset(of: ids(text)), "\(text)")
    }
    for text in ["a red apple on the left", "yellow background", "blurry", "low quality"] {
      #expect(words.isDisjoint(with: ids(text)), "\(text)")
    }
  }

  @Test func onlyTheRowsOfTheWordsAreExchanged() {
    let table = Tensor((0..<12).map(Float.init), shape: [4, 3])
    let vectors = Tensor([-1, -2, -3, -4, -5, -6], shape: [2, 3])
    let result = MotionWordsTask.table(table, with: vectors, for: [1, 3])
    #expect(result.shape == [4, 3])
    #expect(result.floats == [0, 1, 2, -1, -2, -3, 6, 7, 8, -4, -5, -6])
  }
}
