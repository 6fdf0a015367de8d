package import NegativeSpaceTensors

/// Self-attention, attention to a context (or to itself again), feed-forward; each after a norm and added to its input.
package struct BasicTransformerBlock: Sendable {
  private let norms: [LayerNorm]
  private let selfAttention: CrossAttention
  private let contextAttention: CrossAttention
  private let feedForward: FeedForward
  /// Its place among the weights.
  package let name: String

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
    name = weights.path
  }

  /// (B, T, width) to the same; `context` is (b, S, contextWidth) with b dividing B.
  ///
  /// - Parameters:
  ///   - positions: (1, T, width), added to the tokens before either attention.
  ///   - changes: of attention; what is disturbed is self-attention, what avoids a text is attention to a context.
  ///   - grid: height and width of the picture whose pixels the tokens are.
  package func callAsFunction(
    _ x: Tensor, context: Tensor? = nil, positions: Tensor? = nil, changes: AttentionChanges? = nil,
    grid: (height: Int, width: Int)? = nil
  ) -> Tensor {
    let change = changes?.disturbed?.change(of: name)
    if case .skipped? = change { return x }
    func toThemselves(_ attention: CrossAttention, _ tokens: Tensor) -> Tensor {
      switch change {
      case .identityAttention?: attention.identity(tokens)
      case .blurredQueries(let blur)?: attention(tokens, blur: blur, grid: grid)
      case .skipped?, nil: attention(tokens)
      }
    }
    func placed(_ tokens: Tensor) -> Tensor { positions.map { tokens + $0.cast(to: tokens.dtype) } ?? tokens }
    var x = x
    x = x + toThemselves(selfAttention, placed(norms[0](x)))
    let tokens = placed(norms[1](x))
    x =
      x
      + (context.map { contextAttention(tokens, context: $0, avoiding: changes?.avoided) }
        ?? toThemselves(contextAttention, tokens))
    return x.inRowBlocks(widest: feedForward.innerWidth) { $0 + feedForward(norms[2]($0)) }
  }
}
