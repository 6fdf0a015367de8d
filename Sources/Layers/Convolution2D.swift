package import NegativeSpaceKernels
package import NegativeSpaceTensors

/// PyTorch's `nn.Conv2d` on channels-last pictures.
package struct Convolution2D: Sendable {
  /// (O, I, kh, kw).
  package let weight: Tensor
  /// (O), float32.
  package let bias: Tensor?
  private let stride: Int
  private let padding: Padding

  /// Asks for `weight` (O, I, kernel, kernel) and, if there is one, `bias`.
  ///
  /// - Parameters:
  ///   - padding: half the kernel on every side if nil, which keeps the size when the stride is 1.
  ///   - initial: values of a fresh weight, its bias then being zero; PyTorch's default for both if nil.
  package init(
    _ weights: WeightScope, from inputs: Int, to outputs: Int, kernel: Int = 3, stride: Int = 1,
    padding: Padding? = nil, bias: Bool = true, initial: Initial? = nil
  ) throws {
    let standard = Initial.kaiming(fanIn: inputs * kernel * kernel)
    weight = try weights.tensor("weight", shape: [outputs, inputs, kernel, kernel], initial: initial ?? standard)
    self.bias =
      try bias
      ? weights.tensor("bias", shape: [outputs], role: .vector, initial: initial == nil ? standard : .zeros) : nil
    self.stride = stride
    self.padding = padding ?? Padding(kernel / 2)
  }

  /// (N, H, W, I) to (N, H', W', O).
  package func callAsFunction(_ x: Tensor) -> Tensor {
    x.convolution(weight, bias, stride: (stride, stride), padding: padding)
  }
}
