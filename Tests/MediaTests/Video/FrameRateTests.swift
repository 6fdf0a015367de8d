import NegativeSpaceMedia
import Testing

@Suite struct FrameRateTests {
  // The broadcast rates are those of SMPTE ST 170 and ITU-R BT.1120: n · 1000 / 1001.
  @Test(arguments: [
    ("8", 8, 1), ("25", 25, 1), ("12.5", 25, 2), ("23.976", 24000, 1001), ("23.98", 24000, 1001),
    ("29.97", 30000, 1001), ("59.94", 60000, 1001), ("30000/1001", 30000, 1001), ("16/2", 8, 1), ("0.5", 1, 2),
    ("1000", 1000, 1), ("30", 30, 1), ("8.0", 8, 1), ("7.25", 29, 4),
  ])
  func `A rate as typed becomes a ratio`(text: String, numerator: Int, denominator: Int) throws {
    let rate = try FrameRate(text)
    #expect(rate.numerator == numerator && rate.denominator == denominator)
    #expect(try FrameRate(rate.description) == rate)
  }

  @Test(arguments: [
    "", "0", "-8", "nan", "inf", "abc", "1/0", "0/1", "8/", "/8", "1/2/3", "1001", "1e99", "99999999999999999999",
    "8 fps", "-1/-1", "0.0001", "3000/2",
  ])
  func `What is not a rate is refused with its text`(text: String) {
    #expect { try FrameRate(text) } throws: { error in
      guard case .badFrameRate? = error as? MediaError else { return false }
      return "\(error)".contains("expected a number above 0")
    }
  }
}
