package import NegativeSpaceTensors

/// diffusers' `Attention` inside a transformer block: projections without bias, an output projection with one.
package struct CrossAttention: Sendable {
  private let toQ: Linear
  private let toK: Linear
  private let toV: Linear
  private let toOut: Linear
  private let heads: Int
  private let distances: RelativePositions?

  /// - Parameters:
  ///   - width: channels of the tokens that make the queries.
  ///   - contextWidth: channels of the tokens that make keys and values; `width` for self-attention.
  ///   - relativeLength: largest distance of the relative positions; nil without them.
  package init(
    _ weights: WeightScope, width: Int, heads: Int, headWidth: Int, contextWidth: Int, relativeLength: Int? = nil
  ) throws {
    let inner = heads * headWidth
    toQ = try Linear(weights["to_q"], from: width, to: inner, bias: false)
    toK = try Linear(weights["to_k"], from: contextWidth, to: inner, bias: false)
    toV = try Linear(weights["to_v"], from: contextWidth, to: inner, bias: false)
    toOut = try Linear(weights["to_out"][0], from: inner, to: width)
    self.heads = heads
    distances = try relativeLength.map { try RelativePositions(weights, length: $0, headWidth: headWidth) }
  }

  /// (B, T, width), attending to itself or `context`, to (B, T, width).
  ///
  /// A context (b, S, contextWidth) with b dividing B serves B/b neighbouring rows each, as one prompt serves all
  /// frames of its video: their queries are read as one longer row, so nothing is repeated.
  package func callAsFunction(_ x: Tensor, context: Tensor? = nil) -> Tensor {
    let source = context ?? x
    let query = toQ(x).reshaped([source.size(0), -1, toQ.weight.size(0)])
    let (key, value) = (toK(source), toV(source))
    let found = distances?(query, key, value, heads: heads) ?? attention(query, key, value, heads: heads)
    return toOut(found.reshaped([x.size(0), x.size(1), toQ.weight.size(0)]))
  }
}
