import NegativeSpaceKernels
package import NegativeSpaceTensors

/// PyTorch's `nn.Conv3d` with a (3, 1, 1) kernel: every pixel sees itself one frame before, now, and one frame after.
package struct TemporalConvolution: Sendable {
  /// (O, I, 3, 1): the file's (O, I, 3, 1, 1) for a picture whose rows are frames.
  private let weight: Tensor
  /// (O), float32.
  private let bias: Tensor

  /// - Parameter initial: values of fresh weight and bias; PyTorch's default if nil.
  package init(_ weights: WeightScope, from inputs: Int, to outputs: Int, initial: Initial? = nil) throws {
    let initial = initial ?? .kaiming(fanIn: inputs * 3)
    weight = try weights.tensor("weight", shape: [outputs, inputs, 3, 1, 1], initial: initial)
      .reshaped([outputs, inputs, 3, 1])
    bias = try weights.tensor("bias", shape: [outputs], role: .vector, initial: initial)
  }

  /// (B, F, P, I) to (B, F, P, O), where P counts the pixels of a frame.
  package func callAsFunction(_ x: Tensor) -> Tensor {
    x.convolution(weight, bias, padding: Padding(top: 1, bottom: 1, left: 0, right: 0))
  }
}
