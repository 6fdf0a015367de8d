import Foundation
import NegativeSpaceMedia

/// How far frames are from others, in levels of 0 to 255 of all three colours.
public struct PixelDifference: Codable, Sendable, Hashable {
  /// The largest difference of two values.
  public var largest = 0
  /// The mean absolute difference.
  public var mean = 0.0
  /// Peak signal-to-noise ratio in decibels; nil where nothing differs.
  public var psnr: Double?

  package init(largest: Int = 0, mean: Double = 0, psnr: Double? = nil) {
    (self.largest, self.mean, self.psnr) = (largest, mean, psnr)
  }
}

/// Frames compared one by one with those of a file that this program wrote.
package final class PixelComparison {
  private let next: () throws -> Picture?
  private var kept = SHA256()
  private var (sum, squares, count, largest) = (0, 0, 0, 0)
  private var isComparable = true

  /// - Throws: `MediaError`.
  package init(contentsOf path: String, _ kind: ModelKind) throws {
    let file = FileReference(path: path)
    if kind == .image {
      var rest: Picture? = try file.picture(for: RequestField(.initialImage))
      next = {
        defer { rest = nil }
        return rest
      }
    } else {
      next = try file.video(for: RequestField(.initialVideo)).next
    }
  }

  /// Compares the next frame.
  package func add(_ frame: Frame) throws {
    guard isComparable, let other = try next(), other.width == frame.width, other.height == frame.height else {
      isComparable = false
      return
    }
    kept.update(other.pixels)
    for (one, another) in zip(frame.pixels, other.pixels) {
      let difference = abs(Int(one) - Int(another))
      sum += difference
      squares += difference * difference
      largest = max(largest, difference)
    }
    count += frame.pixels.count
  }

  /// SHA-256 over the file's frames: another than its record's where the file is compressed with losses.
  package var fileSHA256: String { kept.hexadecimal }

  /// The difference of all frames; nil where their sizes or numbers are others.
  package var difference: PixelDifference? {
    guard isComparable, count > 0 else { return nil }
    let meanSquare = Double(squares) / Double(count)
    return PixelDifference(
      largest: largest, mean: Double(sum) / Double(count),
      psnr: squares == 0 ? nil : 10 * log10(255 * 255 / meanSquare))
  }
}
