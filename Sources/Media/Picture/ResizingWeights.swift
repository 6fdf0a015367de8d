#if canImport(Glibc)
  import Glibc
#endif

/// The source pixels of each target pixel along one axis, and their weights.
///
/// The arithmetic of Pillow's `Resample.c` (`precompute_coeffs`, `normalize_coeffs_8bpc`).
struct ResizingWeights {
  /// Fraction bits of a weight: 32 less the 8 of a pixel less 2 for what overshoots.
  private static let precision = 22

  private let sourceCount: Int
  private let targetCount: Int
  /// For each target pixel, its first source pixel and how many there are.
  private var ranges: [(first: Int, count: Int)] = []
  /// Weights, (targetCount, stride).
  private var weights: [Int32] = []
  private let stride: Int

  init(from sourceCount: Int, to targetCount: Int, _ filter: ResizingFilter) {
    self.sourceCount = sourceCount
    self.targetCount = targetCount
    let scale = Double(sourceCount) / Double(targetCount)
    let filterScale = max(scale, 1)
    let support = filter.support * filterScale
    stride = Int(support.rounded(.up)) * 2 + 1
    weights = [Int32](repeating: 0, count: targetCount * stride)

    for target in 0..<targetCount {
      let center = (Double(target) + 0.5) * scale
      let first = max(Int(center - support + 0.5), 0)
      let count = min(Int(center + support + 0.5), sourceCount) - first
      var row = (0..<count).map { filter.weight((Double($0 + first) - center + 0.5) * (1 / filterScale)) }
      let total = row.reduce(0, +)
      if total != 0 { row = row.map { $0 / total } }
      for (index, weight) in row.enumerated() {
        let fixed = weight * Double(1 << Self.precision)
        weights[target * stride + index] = Int32(weight < 0 ? fixed - 0.5 : fixed + 0.5)
      }
      ranges.append((first, count))
    }
  }

  /// Resamples the middle axis: (outer, sourceCount, inner) → (outer, targetCount, inner).
  func apply(to source: [UInt8], outer: Int, inner: Int) -> [UInt8] {
    let size = outer * targetCount * inner
    return source.withUnsafeBufferPointer { source in
      weights.withUnsafeBufferPointer { weights in
        [UInt8](unsafeUninitializedCapacity: size) { target, count in
          var sums = [Int32](repeating: 0, count: inner)
          for block in 0..<outer {
            for place in 0..<targetCount {
              sums.withUnsafeMutableBufferPointer { sums in
                sums.update(repeating: 1 << (Self.precision - 1))
                let range = ranges[place]
                for index in 0..<range.count {
                  let weight = weights[place * stride + index]
                  let start = (block * sourceCount + range.first + index) * inner
                  for lane in 0..<inner { sums[lane] &+= Int32(source[start + lane]) &* weight }
                }
                let start = (block * targetCount + place) * inner
                for lane in 0..<inner {
                  target[start + lane] = UInt8(max(0, min(255, sums[lane] >> Self.precision)))
                }
              }
            }
          }
          count = size
        }
      }
    }
  }
}

/// `sin(πx) / πx`.
func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(x * .pi) / (x * .pi) }
