/// One concept's picture at falling resolutions, ready to be drawn at any size and angle.
///
/// Each level is a transparent square with the cropped picture centred in it, its longer edge two pixels shorter than
/// the side, so that a bilinear sample at the rim fades out. Levels are a factor √2 apart: drawing from the
/// smallest one that is not too small shrinks by less than that, which bilinear sampling does without aliasing.
package struct Sprite: Sendable {
  package struct Level: Sendable {
    package let side: Int
    /// (side, side), premultiplied red, green, blue, alpha.
    package let pixels: [SIMD4<UInt8>]
  }

  /// From the finest to the coarsest.
  package let levels: [Level]
  /// Width and height of what shows, the longer one being 1.
  package let extent: SIMD2<Float>

  private static let sides = [128, 90, 64, 45, 32, 23, 16]
  static let margin = 1

  init?(_ bitmap: Bitmap) {
    guard let cropped = bitmap.tightlyCropped() else { return nil }
    let longer = Float(max(cropped.width, cropped.height))
    extent = SIMD2(Float(cropped.width), Float(cropped.height)) / longer
    levels = Self.sides.map { side in
      let fitted = cropped.fitted(side: side, content: Float(side - 2 * Self.margin))
      return Level(
        side: side,
        pixels: fitted.pixels.map {
          SIMD4<UInt8>(($0.clamped(lowerBound: .zero, upperBound: .one) * 255 + 0.5), rounding: .towardZero)
        })
    }
  }

  /// A sprite painted by a rule over the unit square −0.5…0.5 (x to the right, y down): for tests that need no font.
  package init(extent: SIMD2<Float> = .one, paint: (SIMD2<Float>) -> SIMD4<Float>) {
    self.extent = extent
    levels = Self.sides.map { side in
      var pixels = [SIMD4<UInt8>](repeating: .zero, count: side * side)
      let content = Float(side - 2 * Self.margin)
      // Four by four samples a pixel.
      for y in 0..<side {
        for x in 0..<side {
          var sum = SIMD4<Float>.zero
          for sub in 0..<16 {
            let offset = SIMD2(Float(sub % 4), Float(sub / 4)) / 4 + 0.125
            let at = (SIMD2(Float(x), Float(y)) + offset - Float(side) / 2) / content
            if abs(at.x) <= 0.5 && abs(at.y) <= 0.5 { sum += paint(at) }
          }
          pixels[y * side + x] = SIMD4<UInt8>(sum / 16 * 255 + 0.5, rounding: .towardZero)
        }
      }
      return Level(side: side, pixels: pixels)
    }
  }

  /// The coarsest level that still has a pixel for each of `pixels` along the longer edge, else the finest.
  func level(for pixels: Float) -> Level {
    levels.last { Float($0.side - 2 * Self.margin) >= pixels } ?? levels[0]
  }

  /// The share of what shows that differs visibly from a colour: 0 for a white dove on white, near 1 for most others.
  package func contrast(to color: SIMD3<Float>) -> Float {
    guard let level = levels.first(where: { $0.side == 32 }) else { return 1 }
    var seen: Float = 0
    var different: Float = 0
    for pixel in level.pixels where pixel.w > 128 {
      let value = SIMD4<Float>(pixel)
      let distance = SIMD3(value.x, value.y, value.z) / value.w - color
      seen += 1
      if (distance * distance).sum() > 0.04 { different += 1 }
    }
    return seen > 0 ? different / seen : 0
  }
}

extension Sprite {
  /// Whether a background leaves at least half of it to be seen.
  package func isSeen(on background: Background) -> Bool {
    min(contrast(to: background.top.value), contrast(to: background.bottom.value)) >= 0.5
  }
}
