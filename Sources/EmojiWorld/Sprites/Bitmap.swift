/// A picture with premultiplied red, green, blue and alpha, each 0…1, from which sprites are made when loaded.
struct Bitmap {
  let width: Int
  let height: Int
  /// (height, width).
  var pixels: [SIMD4<Float>]

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    pixels = [SIMD4<Float>](repeating: .zero, count: width * height)
  }

  subscript(x: Int, y: Int) -> SIMD4<Float> {
    get { pixels[y * width + x] }
    set { pixels[y * width + x] = newValue }
  }

  /// Only the part that shows: rows and columns whose alpha stays under `threshold` at the rim are cut away.
  func tightlyCropped(threshold: Float = 0.04) -> Bitmap? {
    var left = width
    var right = -1
    var top = height
    var bottom = -1
    for y in 0..<height {
      for x in 0..<width where self[x, y].w >= threshold {
        left = min(left, x)
        right = max(right, x)
        top = min(top, y)
        bottom = max(bottom, y)
      }
    }
    guard right >= left, bottom >= top else { return nil }
    var cropped = Bitmap(width: right - left + 1, height: bottom - top + 1)
    for y in 0..<cropped.height {
      for x in 0..<cropped.width {
        cropped[x, y] = self[left + x, top + y]
      }
    }
    return cropped
  }

  /// A square of `side` pixels with this picture centred in it, its longer edge `content` pixels, the rest transparent.
  ///
  /// Separable triangle filter, as wide as one source or one target pixel, whichever is larger (antialiased both ways).
  func fitted(side: Int, content: Float) -> Bitmap {
    let scale = content / Float(max(width, height))
    let columns = Self.taps(from: width, to: side, scale: scale)
    let rows = Self.taps(from: height, to: side, scale: scale)

    var wide = Bitmap(width: side, height: height)
    for y in 0..<height {
      for (x, taps) in columns.enumerated() {
        wide[x, y] = taps.reduce(SIMD4.zero) { $0 + self[$1.source, y] * $1.weight }
      }
    }
    var fitted = Bitmap(width: side, height: side)
    for (y, taps) in rows.enumerated() {
      for x in 0..<side {
        fitted[x, y] = taps.reduce(SIMD4.zero) { $0 + wide[x, $1.source] * $1.weight }
      }
    }
    return fitted
  }

  private struct Tap {
    let source: Int
    let weight: Float
  }

  /// Source pixels with their weights for each of `target` pixels in a line; those outside count as transparent.
  private static func taps(from source: Int, to target: Int, scale: Float) -> [[Tap]] {
    let radius = max(1, 1 / scale)
    return (0..<target).map { position in
      let center = (Float(position) + 0.5 - Float(target) / 2) / scale + Float(source) / 2 - 0.5
      let reach = Int((center - radius).rounded(.up))...Int((center + radius).rounded(.down))
      let weights = reach.map { max(0, 1 - abs(Float($0) - center) / radius) }
      let sum = weights.reduce(0, +)
      return zip(reach, weights).compactMap { index, weight in
        (0..<source).contains(index) && weight > 0 ? Tap(source: index, weight: weight / sum) : nil
      }
    }
  }
}
