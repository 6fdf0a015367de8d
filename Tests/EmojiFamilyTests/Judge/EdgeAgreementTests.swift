import Testing

@testable import NegativeSpaceEmojiFamily

/// Edges that were asked for against edges that were found, a pixel's distance forgiven.
@Suite struct EdgeAgreementTests {
  /// A picture of 10 × 8 with vertical lines at these columns.
  private func lines(_ columns: Set<Int>) -> [Bool] { (0..<80).map { columns.contains($0 % 10) } }

  private func score(_ wanted: Set<Int>, _ found: Set<Int>) -> Float {
    EdgeAgreement(wanted: lines(wanted), found: lines(found), width: 10).score
  }

  @Test func aPixelAsideStillAgrees() {
    #expect(score([4], [4]) == 1)
    #expect(score([4], [5]) == 1)
    #expect(score([4], [6]) == 0)
    // The last column's neighbour is not the first one of the next row.
    #expect(score([9], [0]) == 0)
  }

  @Test func whatIsMissingAndWhatIsTooMuchBothCount() {
    // All wanted ones are found, half of the found ones are wanted: 2 · 1 · ½ / (1 + ½).
    #expect(abs(score([2], [2, 7]) - 2 / 3) < 1e-6)
    #expect(abs(score([2, 7], [2]) - 2 / 3) < 1e-6)
    #expect(score([2], []) == 0)
    #expect(score([], []) == 0)
  }
}
