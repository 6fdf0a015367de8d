import NegativeSpaceCKernels
import NegativeSpaceKernels

/// softmax(scale · q · kᵀ) · v for every head (arXiv:1706.03762, equation 1).
///
/// Scores never exist as a whole: every head is done in blocks of a few queries that stay in cache (`CKernels/attention_forward.c`).
/// - Parameters:
///   - query: (B, T, H·D). - key: (B, S, H·D). - value: (B, S, H·D).
///   - causal: query t sees keys 0…t only.
///   - scale: 1/√D if nil.
/// - Returns: (B, T, H·D).
package func attention(
  _ query: Tensor, _ key: Tensor, _ value: Tensor, heads: Int, causal: Bool = false, scale: Float? = nil
) -> Tensor {
  precondition(
    query.rank == 3 && key.shape == value.shape && query.size(0) == key.size(0) && query.size(2) == key.size(2)
      && query.size(2) % heads == 0 && query.dtype == key.dtype && key.dtype == value.dtype,
    "attention: query \(query.shape), key \(key.shape), value \(value.shape), \(heads) heads")
  let problem = AttentionProblem(query, key, heads: heads, causal: causal, scale: scale)
  let result = problem.forward(query, key, value)
  return result.recorded(from: query, key, value) { upstream, flow in
    let gradients = problem.backward(query, key, value, upstream.cast(to: query.dtype))
    flow.send(gradients.query, to: query)
    flow.send(gradients.key, to: key)
    flow.send(gradients.value, to: value)
  }
}

/// The sizes of one attention: `b` samples, `t` queries, `s` keys, `h` heads of width `d`.
struct AttentionProblem: Sendable {
  let b: Int
  let t: Int
  let s: Int
  let h: Int
  let d: Int
  let causal: Bool
  let scale: Float
  let type: DataType

  init(_ query: Tensor, _ key: Tensor, heads: Int, causal: Bool, scale: Float?) {
    (b, t, s, h) = (query.size(0), query.size(1), key.size(1), heads)
    d = query.size(2) / heads
    self.causal = causal
    self.scale = scale ?? 1 / Float(d).squareRoot()
    type = query.dtype
  }

  private var width: Int { h * d }

  func forward(_ q: Tensor, _ k: Tensor, _ v: Tensor) -> Tensor {
    // Scores, and mixtures by them; a causal mask spares some, which is not counted.
    WorkTally.add(4 * b * h * t * s * d)
    return Tensor(shape: q.shape, dtype: type) { out in
      let (q, k, v, out) = (Pointer(q.pointer), Pointer(k.pointer), Pointer(v.pointer), MutablePointer(out))
      // Few heads: cut the queries too. Each part lays out the keys again, so parts stay long.
      let parts = b * h >= 2 * Threads.count ? 1 : max(1, min(t / 64, 2 * Threads.count))
      withScratch(items: b * h * parts, floats: ns_attention_scratch(Int64(s), Int64(d))) {
        scratch, item in
        let (head, part) = (item / parts, item % parts)
        let first = t * part / parts
        let count = t * (part + 1) / parts - first
        let rows = ((head / h) * t + first) * width + (head % h) * d
        let columns = (head / h) * s * width + (head % h) * d
        ns_attention(
          type.code, out.at(rows, type), q.at(rows, type), k.at(columns, type), v.at(columns, type), Int64(count),
          Int64(s),
          Int64(d), Int64(width), Int64(width), scale, causal ? 1 : 0, Int64(first), scratch)
      }
    }
  }

  func backward(_ q: Tensor, _ k: Tensor, _ v: Tensor, _ dy: Tensor) -> (query: Tensor, key: Tensor, value: Tensor) {
    let dq = Tensor(shape: q.shape, dtype: type) { _ in }
    let dk = Tensor(shape: k.shape, dtype: type) { _ in }
    let dv = Tensor(shape: v.shape, dtype: type) { _ in }
    let (pq, pk, pv, pg) = (Pointer(q.pointer), Pointer(k.pointer), Pointer(v.pointer), Pointer(dy.pointer))
    let (oq, ok, ov) = (MutablePointer(dq.pointer), MutablePointer(dk.pointer), MutablePointer(dv.pointer))
    withScratch(items: b * h, floats: ns_attention_backward_scratch(Int64(s), Int64(d))) { scratch, item in
      let rows = (item / h) * t * width + (item % h) * d
      let columns = (item / h) * s * width + (item % h) * d
      ns_attention_backward(
        type.code, oq.at(rows, type), ok.at(columns, type), ov.at(columns, type), pq.at(rows, type),
        pk.at(columns, type),
        pv.at(columns, type), pg.at(rows, type), Int64(t), Int64(s), Int64(d), Int64(width), Int64(width), scale,
        causal ? 1 : 0, scratch)
    }
    return (dq, dk, dv)
  }

  private func withScratch(items: Int, floats: Int64, _ body: @Sendable (UnsafeMutablePointer<Float>, Int) -> Void) {
    parallel(items, grain: max(1, (1 << 13) / max(1, t * s))) { range in
      let bytes = Int(floats) * 4
      let scratch = BufferPool.shared.take(bytes)
      for item in range { body(scratch.assumingMemoryBound(to: Float.self), item) }
      BufferPool.shared.giveBack(scratch, bytes)
    }
  }
}
