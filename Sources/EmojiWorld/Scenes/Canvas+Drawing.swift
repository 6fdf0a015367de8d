import Foundation

extension Canvas {
  /// A background, its colours shifted by `shift`.
  package init(width: Int, height: Int, background: Background, shift: SIMD3<Float> = .zero) {
    let values = [Float](unsafeUninitializedCapacity: width * height * 3) { buffer, count in
      var at = 0
      for y in 0..<height {
        let color = (background.color(at: (Float(y) + 0.5) / Float(height)) + shift)
          .clamped(lowerBound: .zero, upperBound: .one)
        for _ in 0..<width {
          buffer[at] = color.x
          buffer[at + 1] = color.y
          buffer[at + 2] = color.z
          at += 3
        }
      }
      count = at
    }
    self.init(width: width, height: height, values: values)
  }

  /// Draws a sprite over what is there, sampled bilinearly from the level of the right resolution.
  package mutating func draw(_ sprite: Sprite, at placement: Placement) {
    let pixels = placement.size * Float(width)
    guard pixels > 0.5 else { return }
    let level = sprite.level(for: pixels)
    let side = level.side
    let scale = Float(side - 2 * Sprite.margin) / pixels
    let right = cos(placement.angle) * scale
    let down = sin(placement.angle) * scale
    let center = placement.center * SIMD2(Float(width), Float(height))

    // The rows and columns that the turned square can reach.
    let reach = (abs(right) + abs(down)) / scale * (pixels / 2 + 1)
    let columns = Self.pixels(from: center.x - reach, to: center.x + reach, of: width)
    let rows = Self.pixels(from: center.y - reach, to: center.y + reach, of: height)
    guard !columns.isEmpty, !rows.isEmpty else { return }

    let width = self.width
    level.pixels.withUnsafeBufferPointer { texels in
      values.withUnsafeMutableBufferPointer { target in
        for y in rows {
          let dy = Float(y) + 0.5 - center.y
          for x in columns {
            let dx = Float(x) + 0.5 - center.x
            // The inverse of a clockwise turn (y points down).
            let u = right * dx + down * dy + Float(side) / 2 - 0.5
            let v = right * dy - down * dx + Float(side) / 2 - 0.5
            guard u >= 0, v >= 0 else { continue }
            let column = Int(u)
            let row = Int(v)
            guard column < side - 1, row < side - 1 else { continue }
            let at = row * side + column
            let s = u - Float(column)
            let t = v - Float(row)
            let a = SIMD4<Float>(texels[at])
            let b = SIMD4<Float>(texels[at + 1])
            let c = SIMD4<Float>(texels[at + side])
            let d = SIMD4<Float>(texels[at + side + 1])
            let upper = a + (b - a) * s
            let lower = c + (d - c) * s
            let color = (upper + (lower - upper) * t) * (1 / 255)
            let rest = 1 - color.w
            let pixel = (y * width + x) * 3
            target[pixel] = target[pixel] * rest + color.x
            target[pixel + 1] = target[pixel + 1] * rest + color.y
            target[pixel + 2] = target[pixel + 2] * rest + color.z
          }
        }
      }
    }
  }

  /// The whole pixels between two places on a line of `count` pixels; none if all of it lies outside.
  private static func pixels(from low: Float, to high: Float, of count: Int) -> Range<Int> {
    guard low < Float(count), high > 0, low <= high else { return 0..<0 }
    return Int(max(low, 0))..<Int(min(high.rounded(.up), Float(count)))
  }
}

extension Scene {
  /// The frames of a clip, or one picture: each `side` × `side` pixels.
  package func render(_ sprite: Sprite, frames: Int = 1, side: Int = 128) -> [Canvas] {
    let empty = Canvas(width: side, height: side, background: background, shift: jitter.color)
    return (0..<frames).map { frame in
      var canvas = empty
      canvas.draw(sprite, at: placement(frame: frame, of: frames))
      return canvas
    }
  }
}
