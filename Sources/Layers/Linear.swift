package import NegativeSpaceTensors

/// x · Wᵀ + b over the last axis.
package struct Linear: Sendable {
  /// (out, in).
  package let weight: Tensor
  /// (out), float32.
  package let bias: Tensor?

  /// Asks for `weight` and, if there is one, `bias`.
  ///
  /// - Parameter initial: values of a fresh weight, its bias then being zero; PyTorch's default for both if nil.
  package init(
    _ weights: WeightScope, from inputs: Int, to outputs: Int, bias: Bool = true, initial: Initial? = nil
  ) throws {
    weight = try weights.tensor("weight", shape: [outputs, inputs], initial: initial ?? .kaiming(fanIn: inputs))
    self.bias =
      try bias
      ? weights.tensor(
        "bias", shape: [outputs], role: .vector, initial: initial == nil ? .kaiming(fanIn: inputs) : .zeros)
      : nil
  }

  /// The same from a file that stores it as a 1×1 convolution, weight (out, in, 1, 1).
  ///
  /// - Parameters:
  ///   - axes: of the kernel; 1 for a convolution along time, weight (out, in, 1).
  ///   - initial: values of fresh weight and bias; PyTorch's default if nil.
  package init(
    pointwise weights: WeightScope, from inputs: Int, to outputs: Int, axes: Int = 2, initial: Initial? = nil
  ) throws {
    let initial = initial ?? .kaiming(fanIn: inputs)
    let kernel = [Int](repeating: 1, count: axes)
    weight = try weights.tensor("weight", shape: [outputs, inputs] + kernel, initial: initial)
      .reshaped([outputs, inputs])
    bias = try weights.tensor("bias", shape: [outputs], role: .vector, initial: initial)
  }

  /// (…, in) to (…, out).
  package func callAsFunction(_ x: Tensor) -> Tensor { x.linear(weight, bias) }
}
