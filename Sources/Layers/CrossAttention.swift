package import NegativeSpaceTensors

/// diffusers' `Attention` inside a transformer block: projections without bias, an output projection with one.
package struct CrossAttention: Sendable {
  private let toQ: Linear
  private let toK: Linear
  private let toV: Linear
  private let toOut: Linear
  private let heads: Int
  private let distances: RelativePositions?
  /// Its place among the weights.
  private let name: String

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
    (self.heads, name) = (heads, weights.path)
    distances = try relativeLength.map { try RelativePositions(weights, length: $0, headWidth: headWidth) }
  }

  /// (B, T, width), attending to itself or `context`, to (B, T, width).
  ///
  /// A context (b, S, contextWidth) with b dividing B serves B/b neighbouring rows each, as one prompt serves all
  /// frames of its video: their queries are read as one longer row, so nothing is repeated.
  /// - Parameters:
  ///   - avoided: a second text, (b, S', contextWidth), that is avoided.
  ///   - blur: of the queries.
  ///   - grid: height and width of the picture whose pixels the tokens are.
  package func callAsFunction(
    _ x: Tensor, context: Tensor? = nil, avoiding avoided: AvoidedText? = nil, blur: QueryBlur? = nil,
    grid: (height: Int, width: Int)? = nil
  ) -> Tensor {
    let source = context ?? x
    var queries = toQ(x)
    if let blur { queries = blur(queries, grid: grid) }
    let query = queries.reshaped([source.size(0), -1, toQ.weight.size(0)])
    func attend(_ key: Tensor, _ value: Tensor) -> Tensor {
      distances?(query, key, value, heads: heads) ?? attention(query, key, value, heads: heads)
    }
    let found = avoided.map { avoided in
      avoided.rule(
        wanted: projections(of: source, "wanted", avoided.projections),
        avoided: projections(of: avoided.states, "avoided", avoided.projections), attend: attend)
    }
    return toOut((found ?? attend(toK(source), toV(source))).reshaped([x.size(0), x.size(1), toQ.weight.size(0)]))
  }

  /// (B, T, width) to the same: what self-attention gives if each token sees itself alone.
  package func identity(_ x: Tensor) -> Tensor { toOut(toV(x)) }

  /// Keys and values of a text, which `kept` may know.
  private func projections(of text: Tensor, _ part: String, _ kept: TextProjections?) -> (key: Tensor, value: Tensor) {
    kept?("\(name).\(part)", of: text) { (toK($0), toV($0)) } ?? (toK(text), toV(text))
  }
}
