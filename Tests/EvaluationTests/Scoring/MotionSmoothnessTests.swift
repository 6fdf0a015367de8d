import NegativeSpaceMedia
import Testing

@testable import NegativeSpaceEvaluation

struct MotionSmoothnessTests {
  /// A coloured square of 12 pixels on grey, its left edge at these columns frame by frame.
  private func clip(_ columns: [Int]) -> [Picture] {
    columns.map { left in
      var pixels = [UInt8](repeating: 100, count: 64 * 64 * 3)
      for y in 20..<32 {
        for x in left..<(left + 12) {
          for channel in 0..<3 { pixels[(y * 64 + x) * 3 + channel] = UInt8(40 * channel + 10 * (x - left)) }
        }
      }
      return Picture(width: 64, height: 64, pixels: pixels)
    }
  }

  @Test func `Even motion is smooth, and jumps are not`() {
    let still = MotionSmoothness.score(clip([8, 8, 8, 8, 8]))
    let even = MotionSmoothness.score(clip([8, 10, 12, 14, 16]))
    let jumping = MotionSmoothness.score(clip([8, 20, 12, 24, 16]))
    #expect(still == 1)
    #expect(even > 0.995 && even <= 1)
    #expect(jumping < even - 0.01)
    #expect(MotionSmoothness.score(clip([8, 20])) == 1)
  }
}
