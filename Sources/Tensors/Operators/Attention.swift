import NegativeSpaceKernels

/// softmax(scale · q · kᵀ) · v for every head (arXiv:1706.03762, equation 1).
///
/// Scores never exist as a whole: every head is done in blocks of a few queries that stay in cache
/// (`CKernels/attention_forward.c`).
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
  let d = query.size(2) / heads
  let shape = AttentionShape(
    b: query.size(0), t: query.size(1), s: key.size(1), h: heads, d: d, causal: causal,
    scale: scale ?? 1 / Float(d).squareRoot(), dtype: query.dtype)
  WorkTally.add(shape.flops)
  let result = Tensor(shape: query.shape, dtype: query.dtype) { out in
    Compute.loops.attention(shape, q: query.pointer, k: key.pointer, v: value.pointer, out: out)
  }
  return result.recorded(from: query, key, value) { upstream, flow in
    let dy = upstream.cast(to: query.dtype)
    let dq = Tensor(shape: query.shape, dtype: query.dtype) { _ in }
    let dk = Tensor(shape: key.shape, dtype: query.dtype) { _ in }
    let dv = Tensor(shape: value.shape, dtype: query.dtype) { _ in }
    Compute.loops.attentionGradients(
      shape, q: query.pointer, k: key.pointer, v: value.pointer, upstream: dy.pointer, dq: dq.pointer, dk: dk.pointer,
      dv: dv.pointer)
    flow.send(dq, to: query)
    flow.send(dk, to: key)
    flow.send(dv, to: value)
  }
}
