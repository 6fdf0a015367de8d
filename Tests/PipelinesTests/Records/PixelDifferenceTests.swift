import Foundation
import NegativeSpacePipelines
import Testing

/// The distance of new frames from a file's.
struct PixelDifferenceTests {
  private func compared(_ pixels: [UInt8], with others: [UInt8]) throws -> (PixelDifference?, String) {
    let file = Fixtures.temporary("compared.png")
    defer { try? FileManager.default.removeItem(atPath: file) }
    try Frame(width: 2, height: 2, pixels: others).write(to: file)
    let comparison = try PixelComparison(contentsOf: file, .image)
    try comparison.add(Frame(width: 2, height: pixels.count / 6, pixels: pixels))
    return (comparison.difference, comparison.fileSHA256)
  }

  @Test func `Largest, mean and ratio are those of all values`() throws {
    let others = [UInt8](repeating: 100, count: 12)
    var pixels = others
    (pixels[0], pixels[7]) = (90, 106)
    let found = try #require(try compared(pixels, with: others).0)
    #expect(found.largest == 10)
    #expect(abs(found.mean - 16.0 / 12) < 1e-12)
    // 10 log10(255² / (136 / 12))
    let ratio = try #require(found.psnr)
    #expect(abs(ratio - 37.5872) < 1e-3)
    #expect(try compared(others, with: others).0 == PixelDifference())
  }

  @Test func `Frames of another size are not compared`() throws {
    #expect(try compared([UInt8](repeating: 0, count: 6), with: [UInt8](repeating: 0, count: 12)).0 == nil)
  }
}
