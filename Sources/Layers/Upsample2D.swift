package import NegativeSpaceTensors

/// Enlarges by repeating pixels, then smooths with a convolution.
package struct Upsample2D: Sendable {
  private let conv: Convolution2D

  package init(_ weights: WeightScope, channels: Int) throws {
    conv = try Convolution2D(weights["conv"], from: channels, to: channels)
  }

  /// (N, H, W, C) to (N, 2H, 2W, C), or to the given size where a halving before it was not exact.
  package func callAsFunction(_ x: Tensor, to size: (height: Int, width: Int)? = nil) -> Tensor {
    guard let size, size != (2 * x.size(1), 2 * x.size(2)) else { return conv(x.upsampledNearest(by: 2)) }
    return conv(x.resizedNearest(height: size.height, width: size.width))
  }
}
