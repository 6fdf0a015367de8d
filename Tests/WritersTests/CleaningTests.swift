import NegativeSpaceWriters
import Testing

@Suite struct CleaningTests {
  /// Words as tokens, which a person can count.
  private func cleaned(_ text: String, limit: Int = 75) -> CleanedNegative {
    CleanedNegative(text, limit: limit) { $0.split { $0 == " " || $0 == "," }.count }
  }

  @Test(arguments: [
    ("ugly, blurry", "ugly, blurry"), ("ugly,blurry,,  Ugly , bad  hands.", "ugly, blurry, bad hands"),
    ("lowres; text\nwatermark", "lowres, text, watermark"), ("", ""), (" , .,!", ""),
    ("(bad anatomy, bad hands:1.3), ugly", "(bad anatomy, bad hands:1.3), ugly"),
    ("(bad anatomy, ugly", "bad anatomy, ugly"), ("bad) art], ugly", "bad art, ugly"),
    ("blurry blurry blurry blurry", "blurry"), ("bad art bad art bad art", "bad art"),
    ("a b c d a b c d a b c d", "a b c d"), ("模糊，丑陋、模糊", "模糊, 丑陋"),
  ])
  func `A text becomes a list without repeats`(text: String, expected: String) {
    #expect(cleaned(text).text == expected)
  }

  @Test func `What is too long is cut at a comma, and said`() {
    let result = cleaned("one two, three, four five, six", limit: 4)
    #expect(result.text == "one two, three")
    #expect(result.cut == "four five, six")
  }

  @Test func `A single item that is too long is cut between words`() {
    let result = cleaned("one two three four", limit: 3)
    #expect(result.text == "one two three")
    #expect(result.cut == "four")
  }

  @Test func `Repeats are counted`() {
    #expect(cleaned("ugly, Ugly, bad bad, fine").repeats == 2)
    #expect(cleaned("ugly, fine").repeats == 0)
  }
}
