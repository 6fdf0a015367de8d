package import NegativeSpaceTensors

/// Self-attention, attention to a context (or to itself again), feed-forward; each after a norm and added to its input.
package struct BasicTransformerBlock: Sendable {
  private let norms: [LayerNorm]
  private let selfAttention: CrossAttention
  private let contextAttention: CrossAttention
  private let feedForward: FeedForward

  /// - Parameters:
  ///   - contextWidth: channels of the context; nil makes the second attention another self-attention.
  ///   - relativeLength: largest distance of the relative positions; nil without them.
  package init(
    _ weights: WeightScope, width: Int, heads: Int, headWidth: Int, contextWidth: Int?, relativeLength: Int? = nil
  ) throws {
    norms = try ["norm1", "norm2", "norm3"].map { try LayerNorm(weights[$0], width: width) }
    selfAttention = try CrossAttention(
      weights["attn1"], width: width, heads: heads, headWidth: headWidth, contextWidth: width,
      relativeLength: relativeLength)
    contextAttention = try CrossAttention(
      weights["attn2"], width: width, heads: heads, headWidth: headWidth, contextWidth: contextWidth ?? width,
      relativeLength: relativeLength)
    feedForward = try FeedForward(weights["ff"], width: width)
  }

  /// (B, T, width) to the same; `context` is (b, S, contextWidth) with b dividing B.
  ///
  /// - Parameter positions: (1, T, width), added to the tokens before either attention.
  package func callAsFunction(_ x: Tensor, context: Tensor? = nil, positions: Tensor? = nil) -> Tensor {
    func placed(_ tokens: Tensor) -> Tensor { positions.map { tokens + $0.cast(to: tokens.dtype) } ?? tokens }
    var x = x
    x = x + selfAttention(placed(norms[0](x)))
    x = x + contextAttention(placed(norms[1](x)), context: context)
    return x.inRowBlocks(widest: feedForward.innerWidth) { $0 + feedForward(norms[2]($0)) }
  }
}
