import NegativeSpaceKernels
import NegativeSpaceLayers
package import NegativeSpaceTensors

/// The keys and values of an attention, both (B, H, S, D).
package struct T5KeysAndValues: Sendable {
  package let keys: Tensor
  package let values: Tensor

  /// The same with those of later tokens after them.
  func appending(_ later: T5KeysAndValues) -> T5KeysAndValues {
    T5KeysAndValues(
      keys: .concatenate([keys, later.keys], axis: 2), values: .concatenate([values, later.values], axis: 2))
  }

  /// Those of the texts `indices` of the batch, which may repeat.
  func rows(_ indices: [Int]) -> T5KeysAndValues {
    T5KeysAndValues(keys: keys.rows(indices), values: values.rows(indices))
  }
}

/// T5's attention: projections without biases, scores that are not scaled, and a bias by position.
struct T5Attention: Sendable {
  private let query: Linear
  private let key: Linear
  private let value: Linear
  private let output: Linear
  private let heads: Int

  init(_ weights: WeightScope, _ configuration: T5Configuration) throws {
    let (width, inner) = (configuration.width, configuration.heads * configuration.headWidth)
    let reading = Initial.normal(std: 1 / Float(width).squareRoot())
    query = try Linear(
      weights["q"], from: width, to: inner, bias: false,
      initial: .normal(std: 1 / Float(width * configuration.headWidth).squareRoot()))
    key = try Linear(weights["k"], from: width, to: inner, bias: false, initial: reading)
    value = try Linear(weights["v"], from: width, to: inner, bias: false, initial: reading)
    output = try Linear(
      weights["o"], from: inner, to: width, bias: false, initial: .normal(std: 1 / Float(inner).squareRoot()))
    heads = configuration.heads
  }

  /// Of states (B, S, width).
  func keysAndValues(of states: Tensor) -> T5KeysAndValues {
    T5KeysAndValues(keys: split(key(states)), values: split(value(states)))
  }

  /// (B, T, width) to the same, float32: softmax(q · kᵀ + bias) · v of all heads, joined.
  ///
  /// - Parameter bias: broadcast to (B, H, T, S), float32; nil for none.
  func callAsFunction(_ x: Tensor, _ context: T5KeysAndValues, bias: Tensor?) -> Tensor {
    let (b, t) = (x.size(0), x.size(1))
    let scores = split(query(x)).cast(to: .float32).matmul(context.keys.cast(to: .float32), transposeB: true)
    let shares = (bias.map { scores + $0 } ?? scores).softmax()  // (B, H, T, S)
    let found = shares.matmul(context.values.cast(to: .float32)).transposed(axes: [0, 2, 1, 3])
    return output(found.reshaped([b, t, -1]).cast(to: x.dtype)).cast(to: .float32)
  }

  /// (B, T, H·D) to (B, H, T, D).
  private func split(_ x: Tensor) -> Tensor {
    x.reshaped([x.size(0), x.size(1), heads, -1]).transposed(axes: [0, 2, 1, 3])
  }
}
