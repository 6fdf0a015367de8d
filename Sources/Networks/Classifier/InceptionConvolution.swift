import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceTensors

/// torchvision's `BasicConv2d`: a convolution, batch norm as it is after training, ReLU.
///
/// The norm's scale and shift go into the convolution's weight and bias.
struct InceptionConvolution: Sendable {
  private let weight: Tensor
  private let bias: Tensor
  private let stride: Int
  private let padding: Padding

  /// Added to the variances.
  private static let epsilon: Float = 1e-3

  /// Height and width of a kernel.
  typealias Kernel = (height: Int, width: Int)

  /// - Parameters:
  ///   - isPadded: by half the kernel, which keeps the size when the stride is 1.
  /// - Throws: the weight source's own error.
  init(
    _ weights: WeightScope, from inputs: Int, to outputs: Int, kernel: Kernel = (1, 1), stride: Int = 1,
    isPadded: Bool = true
  ) throws {
    let shape = [outputs, inputs, kernel.height, kernel.width]
    let stored = try weights["conv"].tensor(
      "weight", shape: shape, initial: .kaiming(fanIn: inputs * kernel.height * kernel.width))
    let norm = weights["bn"]
    func vector(_ name: String, _ initial: Initial) throws -> Tensor {
      try norm.tensor(name, shape: [outputs], role: .vector, initial: initial)
    }
    let deviation = (try vector("running_var", .ones) + Self.epsilon).sqrt()
    let scale = try vector("weight", .ones) / deviation
    weight = stored * scale.reshaped([outputs, 1, 1, 1]).cast(to: stored.dtype)
    bias = try vector("bias", .zeros) - vector("running_mean", .zeros) * scale
    self.stride = stride
    let (tall, wide) = isPadded ? (kernel.height / 2, kernel.width / 2) : (0, 0)
    padding = Padding(top: tall, bottom: tall, left: wide, right: wide)
  }

  /// (N, H, W, I) to (N, H', W', O).
  func callAsFunction(_ x: Tensor) -> Tensor {
    x.convolution(weight, bias, stride: (stride, stride), padding: padding).relu()
  }
}

/// Convolutions one after the other.
struct InceptionBranch: Sendable {
  private let convolutions: [InceptionConvolution]

  init(_ convolutions: InceptionConvolution...) { self.convolutions = convolutions }

  func callAsFunction(_ x: Tensor) -> Tensor { convolutions.reduce(x) { $1($0) } }
}
