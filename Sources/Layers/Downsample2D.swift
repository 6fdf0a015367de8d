import NegativeSpaceKernels
package import NegativeSpaceTensors

/// Halves height and width with a strided convolution.
package struct Downsample2D: Sendable {
  /// The border of zeros that is added before the convolution.
  package enum Border: Sendable {
    /// One pixel on all sides, as UNets do.
    case around
    /// One pixel at the right and the bottom only, as autoencoders do.
    case after
  }

  private let conv: Convolution2D

  package init(_ weights: WeightScope, channels: Int, border: Border) throws {
    let padding =
      switch border {
      case .around: Padding(1)
      case .after: Padding(top: 0, bottom: 1, left: 0, right: 1)
      }
    conv = try Convolution2D(weights["conv"], from: channels, to: channels, stride: 2, padding: padding)
  }

  /// (N, H, W, C) to (N, ⌈H/2⌉, ⌈W/2⌉, C) with a border around, (N, ⌊H/2⌋, ⌊W/2⌋, C) with one after.
  package func callAsFunction(_ x: Tensor) -> Tensor { conv(x) }
}
