import Foundation

/// The part of one frame that stands out from the background: its place, its area, and its looks around its centre.
struct Foreground {
  /// Pixels of an edge of the reduced picture that everything is measured on.
  static let side = 64
  static let rings = 12
  static let directions = 96

  /// The centre of what differs, in fractions of the side.
  let center: SIMD2<Float>
  /// The square root of the area, in fractions of the side.
  let size: Float

  /// Difference of each pixel from the background, (side, side): red, green, blue and the mask, 0 for background.
  private let pixels: [SIMD4<Float>]

  /// Nil if less than half a percent of the picture differs from the background.
  init?(_ canvas: Canvas, on background: BackgroundReading) {
    let side = Self.side
    // Averaging has calmed the noise of single pixels by the ratio of the sides.
    let noise = background.roughness * Float(side) / Float(max(canvas.width, side))
    let threshold = max(0.1, 3 * noise)
    var pixels = [SIMD4<Float>](repeating: .zero, count: side * side)
    var area: Float = 0
    var moment = SIMD2<Float>.zero
    for y in 0..<side {
      let ground = background.color(at: (Float(y) + 0.5) / Float(side))
      for x in 0..<side {
        let difference = Self.mean(of: canvas, x: x, y: y) - ground
        let distance = (difference * difference).sum().squareRoot()
        let mask = min(max(distance / threshold - 1, 0), 1)
        guard mask > 0 else { continue }
        pixels[y * side + x] = SIMD4(difference * mask, mask)
        area += mask
        moment += SIMD2(Float(x) + 0.5, Float(y) + 0.5) * mask
      }
    }
    guard area > 0.005 * Float(side * side) else { return nil }
    self.pixels = pixels
    center = moment / area / Float(side)
    size = area.squareRoot() / Float(side)
  }

  /// Rings of samples around the centre, out to 1.2 times the size: (rings, directions), direction clockwise from the
  /// right.
  ///
  /// The radii grow with the foreground, so that the same thing larger looks the same.
  func polar() -> [SIMD4<Float>] {
    var samples: [SIMD4<Float>] = []
    samples.reserveCapacity(Self.rings * Self.directions)
    for ring in 0..<Self.rings {
      let radius = size * Float(Self.side) * 1.1 * (Float(ring) + 0.5) / Float(Self.rings)
      for direction in 0..<Self.directions {
        let angle = 2 * Float.pi * Float(direction) / Float(Self.directions)
        samples.append(
          sample(center * Float(Self.side) - 0.5 + SIMD2(cos(angle), sin(angle)) * radius))
      }
    }
    return samples
  }

  private func sample(_ at: SIMD2<Float>) -> SIMD4<Float> {
    let low = at.rounded(.down)
    let part = at - low
    func pixel(_ x: Int, _ y: Int) -> SIMD4<Float> {
      (0..<Self.side).contains(x) && (0..<Self.side).contains(y) ? pixels[y * Self.side + x] : .zero
    }
    let (x, y) = (Int(low.x), Int(low.y))
    let upper = pixel(x, y) * (1 - part.x) + pixel(x + 1, y) * part.x
    let lower = pixel(x, y + 1) * (1 - part.x) + pixel(x + 1, y + 1) * part.x
    return upper * (1 - part.y) + lower * part.y
  }

  /// The mean colour of what one pixel of the reduced picture covers.
  private static func mean(of canvas: Canvas, x: Int, y: Int) -> SIMD3<Float> {
    let columns = (x * canvas.width / side)..<max((x + 1) * canvas.width / side, x * canvas.width / side + 1)
    let rows = (y * canvas.height / side)..<max((y + 1) * canvas.height / side, y * canvas.height / side + 1)
    var sum = SIMD3<Float>.zero
    for row in rows {
      for column in columns { sum += canvas[column, row] }
    }
    return sum / Float(columns.count * rows.count)
  }
}
