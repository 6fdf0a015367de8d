import NegativeSpaceKernels
package import NegativeSpaceTensors

/// Attention whose keys and values know how far they are from the query (Shaw et al., arXiv:1803.02155).
///
/// softmax((q·kᵀ + q·Rᵏ) / √D) · (v + Rᵛ), where R holds a vector for each distance from −length to length.
package struct RelativePositions: Sendable {
  /// (2 · length + 1, D).
  private let keys: Tensor
  /// (2 · length + 1, D).
  private let values: Tensor
  private let length: Int

  /// Asks for `relative_position_k.embeddings_table` and `relative_position_v.embeddings_table`.
  ///
  /// - Parameter length: the largest distance that is told from larger ones.
  package init(_ weights: WeightScope, length: Int, headWidth: Int) throws {
    let shape = [2 * length + 1, headWidth]
    let bound = (6 / Float(shape[0] + headWidth)).squareRoot()  // Glorot's rule
    func table(_ name: String) throws -> Tensor {
      try weights[name].tensor("embeddings_table", shape: shape, initial: .uniform(bound: bound))
    }
    keys = try table("relative_position_k")
    values = try table("relative_position_v")
    self.length = length
  }

  /// (N, T, H·D), (N, S, H·D), (N, S, H·D) to (N, T, H·D).
  package func callAsFunction(_ query: Tensor, _ key: Tensor, _ value: Tensor, heads: Int) -> Tensor {
    let (n, t, s) = (query.size(0), query.size(1), key.size(1))
    let width = keys.size(1)
    func split(_ x: Tensor) -> Tensor { x.reshaped([n, -1, heads, width]).transposed(axes: [0, 2, 1, 3]) }
    // A product for each query's place in the row, since each has its own distances: (N, H, T, …) and (T, N·H, …).
    func byPlace(_ x: Tensor) -> Tensor { x.transposed(axes: [2, 0, 1, 3]).reshaped([t, n * heads, -1]) }
    func byHead(_ x: Tensor) -> Tensor { x.reshaped([t, n, heads, -1]).transposed(axes: [1, 2, 0, 3]) }
    let places = (0..<t).flatMap { from in (0..<s).map { to in min(max(to - from, -length), length) + length } }
    func distances(_ table: Tensor) -> Tensor {
      table.rows(places).cast(to: .float32).reshaped([t, s, width])
    }

    // Like the fused attention, with scores in float32 whatever goes in.
    let (q, k, v) = (split(query).cast(to: .float32), split(key).cast(to: .float32), split(value).cast(to: .float32))
    let scores = q.matmul(k, transposeB: true) + byHead(byPlace(q).matmul(distances(keys), transposeB: true))
    let shares = (scores * (1 / Float(width).squareRoot())).softmax()  // (N, H, T, S)
    let found = shares.matmul(v) + byHead(byPlace(shares).matmul(distances(values)))
    return found.transposed(axes: [0, 2, 1, 3]).reshaped([n, t, heads * width]).cast(to: query.dtype)
  }
}
