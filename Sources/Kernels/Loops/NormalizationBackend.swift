/// Layer norm whole, and group norm in two halves: statistics, then a scale and a shift for each channel of each
/// sample.
package protocol NormalizationBackend: Sendable {
  /// The statistics of x (n, p, c), taken in float64 around a pivot.
  func groupStatistics(_ shape: GroupNormShape, x: UnsafeRawPointer, epsilon: Float) -> GroupStatistics

  /// out = activation(x · scale + shift).
  func scaleShift(
    _ shape: GroupNormShape, x: UnsafeRawPointer, out: UnsafeMutableRawPointer, affine: ChannelAffine,
    activation: FusedActivation)

  /// Sums (n, 2, c) over the pixels: of dz and of dz · (x - mean), with z = x · scale + shift and dz = upstream ·
  /// activation'(z).
  func scaleShiftSums(
    _ shape: GroupNormShape, x: UnsafeRawPointer, upstream: UnsafeRawPointer, affine: ChannelAffine,
    activation: FusedActivation
  ) -> [Double]

  /// dx = dz · first + x · second + third.
  func scaleShiftGradient(
    _ shape: GroupNormShape, x: UnsafeRawPointer, upstream: UnsafeRawPointer, dx: UnsafeMutableRawPointer,
    affine: ChannelAffine, coefficients: ChannelCoefficients, activation: FusedActivation)

  /// out = (x - mean) · rstd · scale + shift along each row of (rows, width); mean and rstd (rows) are written too.
  func layerNorm(
    _ type: DataType, x: UnsafeRawPointer, out: UnsafeMutableRawPointer, mean: UnsafeMutablePointer<Float>,
    rstd: UnsafeMutablePointer<Float>, scale: UnsafePointer<Float>, shift: UnsafePointer<Float>, epsilon: Float,
    rows: Int, width: Int)

  /// dx (rows, width), dscale and dshift (width).
  func layerNormGradient(
    _ type: DataType, x: UnsafeRawPointer, upstream: UnsafeRawPointer, mean: UnsafePointer<Float>,
    rstd: UnsafePointer<Float>, scale: UnsafePointer<Float>, dx: UnsafeMutableRawPointer,
    dscale: UnsafeMutablePointer<Float>, dshift: UnsafeMutablePointer<Float>, rows: Int, width: Int)
}

/// The activations that may follow a norm inside the same loop.
package enum FusedActivation: Int32, Sendable {
  case none = 0
  case silu = 1
}

/// The sizes of a group norm: `n` samples of `p` pixels and `c` channels in groups.
package struct GroupNormShape: Hashable, Sendable {
  package var n: Int
  package var p: Int
  package var c: Int
  package var groups: Int
  package var dtype: DataType

  package init(n: Int, p: Int, c: Int, groups: Int, dtype: DataType) {
    (self.n, self.p, self.c, self.groups, self.dtype) = (n, p, c, groups, dtype)
  }
}

/// Mean and 1/√(variance + ε) of every (sample, group), as group norm needs them.
package struct GroupStatistics: Sendable {
  /// One for each sample and group: (n, groups).
  package let mean: [Float]
  /// One for each sample and group: (n, groups).
  package let rstd: [Float]

  package init(mean: [Float], rstd: [Float]) { (self.mean, self.rstd) = (mean, rstd) }
}

/// Normalising and the learned affine map as one multiply-add for each sample and channel: (n, c).
package struct ChannelAffine: Sendable {
  package var scale: [Float]
  package var shift: [Float]
  package var mean: [Float]

  package init(scale: [Float], shift: [Float], mean: [Float]) {
    (self.scale, self.shift, self.mean) = (scale, shift, mean)
  }
}

/// The numbers of a group norm's gradient for each sample and channel: (n, c).
package struct ChannelCoefficients: Sendable {
  package var first: [Float]
  package var second: [Float]
  package var third: [Float]

  package init(first: [Float], second: [Float], third: [Float]) {
    (self.first, self.second, self.third) = (first, second, third)
  }
}
