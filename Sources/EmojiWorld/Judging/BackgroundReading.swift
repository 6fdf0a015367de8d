/// The background of a picture or clip, measured at its rim: the colours at the upper and lower edge, and what they are
/// called.
package struct BackgroundReading: Sendable {
  package let top: SIMD3<Float>
  package let bottom: SIMD3<Float>
  /// Root mean square distance of the rim's pixels from the fitted colours, those of an emoji at the rim left out.
  package let roughness: Float

  /// The named background whose two ends are nearest, plain or gradient.
  package let nearest: Background

  /// Fits one straight line a channel, colour over height, to the four outermost pixels of all sides.
  ///
  /// Where an emoji touches the rim, its pixels lie far from the line through the others and are left out: the fit
  /// starts from that pair of an upper and a lower corner whose line passes near most of the rim, and is repeated with
  /// the pixels that lie within 0.2 of the last one.
  package init(of frames: [Canvas]) {
    let samples = frames.flatMap(Self.rim)
    var (top, bottom) = Self.start(samples)
    var roughness: Float = 0
    for _ in 0..<4 {
      var (count, sumH, sumHH, error) = (Float(0), Float(0), Float(0), Float(0))
      var (sumC, sumHC) = (SIMD3<Float>.zero, SIMD3<Float>.zero)
      for sample in samples {
        let distance = sample.squaredDistance(top: top, bottom: bottom)
        guard distance < Self.near else { continue }
        count += 1
        error += distance
        sumH += sample.height
        sumHH += sample.height * sample.height
        sumC += sample.color
        sumHC += sample.color * sample.height
      }
      let spread = count * sumHH - sumH * sumH
      guard count > 8, spread > 1e-3 * count * count else { break }
      let slope = (sumHC * count - sumC * sumH) / spread
      top = (sumC - slope * sumH) / count
      bottom = top + slope
      roughness = (error / count).squareRoot()
    }
    self.top = top
    self.bottom = bottom
    self.roughness = roughness
    nearest = Self.nearest(top: top, bottom: bottom)
  }

  package init(of canvas: Canvas) {
    self.init(of: [canvas])
  }

  /// The colour at a height: 0 the upper edge, 1 the lower one.
  package func color(at height: Float) -> SIMD3<Float> {
    top + (bottom - top) * height
  }

  private static func nearest(top: SIMD3<Float>, bottom: SIMD3<Float>) -> Background {
    func distance(_ background: Background) -> Float {
      let above = background.top.value - top
      let below = background.bottom.value - bottom
      return (above * above + below * below).sum()
    }
    return Background.all.min { distance($0) < distance($1) } ?? .plain(.gray)
  }

  /// The square of the distance from the line at which a pixel counts as background.
  private static let near: Float = 0.04

  private struct Sample {
    /// 0…1, from the upper left corner.
    let place: SIMD2<Float>
    let color: SIMD3<Float>

    var height: Float { place.y }

    func squaredDistance(top: SIMD3<Float>, bottom: SIMD3<Float>) -> Float {
      let difference = color - (top + (bottom - top) * height)
      return (difference * difference).sum()
    }
  }

  /// The colours at the upper and lower edge by those two corners that most of the rim agrees with.
  private static func start(_ samples: [Sample]) -> (top: SIMD3<Float>, bottom: SIMD3<Float>) {
    func corner(_ x: Float, _ y: Float) -> SIMD3<Float> {
      median(samples.filter { abs($0.place.x - x) < 0.05 && abs($0.place.y - y) < 0.05 }.map(\.color))
    }
    let lower = [corner(0, 1), corner(1, 1)]
    let lines = [corner(0, 0), corner(1, 0)].flatMap { top in lower.map { (top: top, bottom: $0) } }
    let agreeing = lines.map { line in
      samples.count { $0.squaredDistance(top: line.top, bottom: line.bottom) < near }
    }
    return lines[agreeing.indices.max { agreeing[$0] < agreeing[$1] } ?? 0]
  }

  private static func rim(of canvas: Canvas) -> [Sample] {
    let wide = min(4, canvas.width / 2, canvas.height / 2)
    var samples: [Sample] = []
    for y in 0..<canvas.height {
      let inside = y >= wide && y < canvas.height - wide
      for x in 0..<canvas.width where !inside || x < wide || x >= canvas.width - wide {
        let place = SIMD2((Float(x) + 0.5) / Float(canvas.width), (Float(y) + 0.5) / Float(canvas.height))
        samples.append(Sample(place: place, color: canvas[x, y]))
      }
    }
    return samples
  }

  /// Channel by channel.
  private static func median(_ colors: [SIMD3<Float>]) -> SIMD3<Float> {
    guard !colors.isEmpty else { return SIMD3(repeating: 0.5) }
    func middle(_ values: [Float]) -> Float { values.sorted()[values.count / 2] }
    return SIMD3(middle(colors.map(\.x)), middle(colors.map(\.y)), middle(colors.map(\.z)))
  }
}
