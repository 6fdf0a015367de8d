import Testing

@testable import NegativeSpaceMedia

/// The eight turns that a video's display matrix can ask for.
@Suite struct DisplayMatrixTests {
  private static let one: Int32 = 1 << 16

  @Test(
    arguments: [
      ([1, 0, 0, 1], Orientation.upright), ([-1, 0, 0, 1], .mirrored), ([-1, 0, 0, -1], .upsideDown),
      ([1, 0, 0, -1], .flipped), ([0, 1, 1, 0], .transposed), ([0, 1, -1, 0], .quarterClockwise),
      ([0, -1, -1, 0], .transversed), ([0, -1, 1, 0], .quarterCounterclockwise), ([1, 1, -1, 1], .upright),
      ([0, 0, 0, 0], .upright),
    ] as [([Int32], Orientation)])
  func `Mirrored or not`(_ signs: [Int32], _ orientation: Orientation) {
    let matrix = [signs[0], signs[1], 0, signs[2], signs[3], 0, 0, 0, 1 << 14].map { $0 &* Self.one }
    #expect(Orientation(displayMatrix: matrix) == orientation)
  }
}
