import NegativeSpaceKernels
package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// Four norm–SiLU–convolution steps along time, added to their input; fresh ones add nothing.
///
/// The norms take their statistics over all frames of a video together.
package struct TemporalConvLayer: Sendable {
  private let norms: [GroupNorm]
  private let convolutions: [TemporalConvolution]

  package init(_ weights: WeightScope, channels: Int, groups: Int) throws {
    // The second to fourth steps have a dropout between activation and convolution, which moves their index by one.
    let places = [("conv1", 2), ("conv2", 3), ("conv3", 3), ("conv4", 3)]
    norms = try places.map { name, _ in
      try GroupNorm(weights[name][0], channels: channels, groups: groups, epsilon: 1e-5)
    }
    convolutions = try places.map { name, index in
      try TemporalConvolution(
        weights[name][index], from: channels, to: channels, initial: name == "conv4" ? .zeros : nil)
    }
  }

  /// (B·F, H, W, C) to the same.
  package func callAsFunction(_ x: Tensor, frames: Int) -> Tensor {
    let video = [x.size(0) / frames, frames, x.size(1) * x.size(2), x.size(3)]  // (B, F, H·W, C)
    var h = x.reshaped(video)
    for (norm, convolution) in zip(norms, convolutions) { h = convolution(norm(h, then: .silu)) }
    return x + h.reshaped(x.shape)
  }
}
