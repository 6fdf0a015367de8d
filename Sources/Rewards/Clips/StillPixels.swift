import NegativeSpaceTensors

/// Where a clip shows what does not move: near its pixel's median over time.
enum StillPixels {
  /// Distance from the median beyond which a pixel belongs to something that passes.
  private static let tolerance: Float = 0.1

  /// Weights (B, F, H, W, 1) in 0…1; constants.
  static func weights(_ clips: Tensor) -> Tensor {
    let (b, f, size) = (clips.size(0), clips.size(1), clips.shape[2...].reduce(1, *))
    let values = clips.detached.floats
    var median = [Float](repeating: 0, count: b * size)
    var column = [Float](repeating: 0, count: f)
    for clip in 0..<b {
      for place in 0..<size {
        for frame in 0..<f { column[frame] = values[(clip * f + frame) * size + place] }
        column.sort()
        median[clip * size + place] = f % 2 == 1 ? column[f / 2] : (column[f / 2 - 1] + column[f / 2]) / 2
      }
    }
    let still = Tensor(median, shape: [b, 1] + clips.shape[2...])
    let distance = (clips.detached - still).square().mean(axes: [4], keepDims: true)
    return (distance * (-1 / (tolerance * tolerance))).exp()
  }
}

extension Tensor {
  /// The frames but the last, and those but the first: (B, F − 1, …).
  var neighbours: (before: Tensor, after: Tensor) {
    let frames = size(1)
    return (slice(axis: 1, from: 0, to: frames - 1), slice(axis: 1, from: 1, to: frames))
  }

  /// The mean over everything but the first axis, by weights that broadcast; 0 where they sum up to nothing.
  func mean(by weights: Tensor) -> Tensor {
    let wide = weights.expanded(to: shape)
    let axes = Array(1..<rank)
    return (self * wide).sum(axes: axes) / (wide.sum(axes: axes) + 1e-6)
  }
}
