import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceTensors

/// A layer of T5: attention to the text itself, in a decoder also to the encoder's states, and feed-forward.
///
/// Each part reads normed states and is added to the stream, which stays float32 whatever the parts compute in: in real
/// models it grows to thousands, where bfloat16 has steps of 8 and more.
struct T5Block: Sendable {
  private let norm: RMSNorm
  private let toSelf: T5Attention
  /// Positions of its own, if it has any.
  let positions: T5RelativeBias?
  private let crossNorm: RMSNorm?
  private let toEncoder: T5Attention?
  private let innerNorm: RMSNorm
  private let feedForward: T5FeedForward
  private let dtype: DataType

  /// - Parameters:
  ///   - hasPositions: whether it has a position bias.
  ///   - isDecoder: whether it looks at an encoder's states too.
  init(
    _ weights: WeightScope, _ configuration: T5Configuration, hasPositions: Bool, isDecoder: Bool, dtype: DataType
  ) throws {
    let parts = weights["layer"]
    func norm(_ part: Int) throws -> RMSNorm {
      try RMSNorm(parts[part]["layer_norm"], width: configuration.width, epsilon: configuration.epsilon)
    }
    self.norm = try norm(0)
    toSelf = try T5Attention(parts[0]["SelfAttention"], configuration)
    positions =
      try hasPositions
      ? T5RelativeBias(parts[0]["SelfAttention"], configuration, isBidirectional: !isDecoder) : nil
    crossNorm = try isDecoder ? norm(1) : nil
    toEncoder = try isDecoder ? T5Attention(parts[1]["EncDecAttention"], configuration) : nil
    let last = isDecoder ? 2 : 1
    innerNorm = try norm(last)
    feedForward = try T5FeedForward(parts[last]["DenseReluDense"], configuration)
    self.dtype = dtype
  }

  /// (B, T, width) of an encoder to the same.
  func callAsFunction(_ x: Tensor, bias: Tensor) -> Tensor {
    let normed = norm(x).cast(to: dtype)
    return fed(x + toSelf(normed, toSelf.keysAndValues(of: normed), bias: bias))
  }

  /// The keys and values that a decoder's layer has of the encoder's states (B, S, width).
  func encoded(_ states: Tensor) -> T5KeysAndValues? { toEncoder?.keysAndValues(of: states.cast(to: dtype)) }

  /// (B, T, width) of a decoder to the same; the keys and values of its tokens are added to the layer's memory.
  func callAsFunction(_ x: Tensor, memory: inout T5DecoderMemory.Layer, bias: Tensor, encoderBias: Tensor?) -> Tensor {
    let normed = norm(x).cast(to: dtype)
    let fresh = toSelf.keysAndValues(of: normed)
    let own = memory.own?.appending(fresh) ?? fresh
    memory.own = own
    var x = x + toSelf(normed, own, bias: bias)
    if let toEncoder, let crossNorm, let encoded = memory.encoded {
      x = x + toEncoder(crossNorm(x).cast(to: dtype), encoded, bias: encoderBias)
    }
    return fed(x)
  }

  private func fed(_ x: Tensor) -> Tensor { x + feedForward(innerNorm(x).cast(to: dtype)) }
}
