import NegativeSpaceKernels
package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// Inception v3 (arXiv:1512.00567), keyed as in torchvision; after training only.
package struct InceptionV3: Sendable {
  /// Whose weights they are: pooling differs.
  package enum Origin: Sendable, Hashable {
    /// `inception_v3` of torchvision: 1000 classes.
    case torchvision
    /// TensorFlow's of 2015, by which the Inception Score and the FID are measured: 1008 classes.
    case tensorFlow

    package var classes: Int { self == .torchvision ? 1000 : 1008 }
  }

  private let stem: [@Sendable (Tensor) -> Tensor]
  private let blocks: [InceptionBlock]
  private let head: Linear

  /// Width and height of the pictures.
  package static let side = 299

  /// - Throws: the weight source's own error.
  package init(_ origin: Origin, _ weights: WeightScope) throws {
    func unit(_ name: String, _ inputs: Int, _ outputs: Int, _ kernel: Int, stride: Int = 1, isPadded: Bool = false)
      throws -> @Sendable (Tensor) -> Tensor
    {
      let convolution = try InceptionConvolution(
        weights[name], from: inputs, to: outputs, kernel: (kernel, kernel), stride: stride, isPadded: isPadded)
      return { convolution($0) }
    }
    let halved: @Sendable (Tensor) -> Tensor = { $0.maxPooled(kernel: 3, stride: 2) }
    stem = [
      try unit("Conv2d_1a_3x3", 3, 32, 3, stride: 2), try unit("Conv2d_2a_3x3", 32, 32, 3),
      try unit("Conv2d_2b_3x3", 32, 64, 3, isPadded: true), halved,
      try unit("Conv2d_3b_1x1", 64, 80, 1), try unit("Conv2d_4a_3x3", 80, 192, 3), halved,
    ]
    let pooling = origin == .torchvision ? InceptionPooling.means : .meansWithin
    blocks = [
      try .a(weights["Mixed_5b"], from: 192, pool: 32, pooling),
      try .a(weights["Mixed_5c"], from: 256, pool: 64, pooling),
      try .a(weights["Mixed_5d"], from: 288, pool: 64, pooling),
      try .b(weights["Mixed_6a"], from: 288),
      try .c(weights["Mixed_6b"], inner: 128, pooling),
      try .c(weights["Mixed_6c"], inner: 160, pooling),
      try .c(weights["Mixed_6d"], inner: 160, pooling),
      try .c(weights["Mixed_6e"], inner: 192, pooling),
      try .d(weights["Mixed_7a"]),
      try .e(weights["Mixed_7b"], from: 1280, pooling),
      // TensorFlow's last block takes maxima, which was a slip, and is part of the measure since.
      try .e(weights["Mixed_7c"], from: 2048, origin == .torchvision ? .means : .maxima),
    ]
    head = try Linear(weights["fc"], from: 2048, to: origin.classes)
  }

  /// - Parameter pictures: (N, 299, 299, 3) in [-1, 1].
  /// - Returns: features (N, 2048), and with or without the head's bias logits (N, classes), float32.
  package func callAsFunction(_ pictures: Tensor, hasBias: Bool) -> (features: Tensor, logits: Tensor) {
    let x = stem.reduce(pictures.cast(to: head.weight.dtype)) { $1($0) }
    let features = blocks.reduce(x) { $1($0) }.mean(axes: [1, 2]).reshaped([pictures.size(0), -1])
    let logits = features.linear(head.weight, hasBias ? head.bias : nil)
    return (features.cast(to: .float32), logits.cast(to: .float32))
  }
}
