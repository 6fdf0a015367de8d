import NegativeSpaceKernels
package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// A small residual network of three scales that says what is wrong with a picture.
///
/// Its first class is "nothing", the others are kinds of damage. It looks at every pixel, which a tower that begins
/// with patches does not.
package struct QualityNetwork: Sendable {
  private let convIn: Convolution2D
  private let stages: [(downsample: Downsample2D, resnet: ResnetBlock2D)]
  private let normOut: GroupNorm
  private let head: Linear

  /// Classes: "nothing" and the emoji family's seven damages.
  package static let classes = 8
  /// Channels of the picture's own size, of its half, quarter and eighth.
  private static let channels = [32, 48, 96, 128]
  private static let groups = 8

  /// - Throws: the errors of the weight source.
  package init(_ weights: WeightScope) throws {
    let channels = Self.channels
    convIn = try Convolution2D(weights["conv_in"], from: 3, to: channels[0])
    stages = try (1..<channels.count).map { index in
      let place = weights["stages"][index - 1]
      return (
        try Downsample2D(place["downsampler"], channels: channels[index - 1], border: .around),
        try ResnetBlock2D(
          place["resnet"], from: channels[index - 1], to: channels[index], timeWidth: nil, groups: Self.groups,
          epsilon: 1e-6)
      )
    }
    let width = channels[channels.count - 1]
    normOut = try GroupNorm(weights["conv_norm_out"], channels: width, groups: Self.groups, epsilon: 1e-6)
    head = try Linear(weights["head"], from: width, to: Self.classes)
  }

  /// Logits (N, classes), float32, of pictures (N, H, W, 3) in [0, 1], of any size.
  package func callAsFunction(_ pictures: Tensor) -> Tensor {
    var x = convIn((pictures * 2 - 1).cast(to: convIn.weight.dtype))
    for (downsample, resnet) in stages { x = resnet(downsample(x)) }
    return head(normOut(x, then: .silu).mean(axes: [1, 2])).cast(to: .float32).reshaped([-1, Self.classes])
  }
}
