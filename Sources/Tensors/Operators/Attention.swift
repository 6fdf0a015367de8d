import CKernels
import Kernels

/// softmax(scale · q · kᵀ) · v for every head (arXiv:1706.03762, equation 1).
///
/// Scores never exist as a whole: short sequences are done head by head in cache, long ones in blocks of queries.
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
  let result = problem.isSmall ? problem.smallForward(query, key, value) : problem.forward(query, key, value)
  return result.recorded(from: query, key, value) { upstream, flow in
    let dy = upstream.cast(to: query.dtype)
    let gradients =
      problem.isSmall
      ? problem.smallBackward(query, key, value, dy) : problem.backward(query, key, value, dy)
    flow.send(gradients.query, to: query)
    flow.send(gradients.key, to: key)
    flow.send(gradients.value, to: value)
  }
}

/// The sizes of one attention, and the two ways to compute it.
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

  /// One head's scores, keys and values fit the first-level cache and its neighbour.
  var isSmall: Bool { t * s <= 64 * 80 }
  private var width: Int { h * d }

  // MARK: Short sequences: one loop nest per (batch, head)

  func smallForward(_ q: Tensor, _ k: Tensor, _ v: Tensor) -> Tensor {
    Tensor(shape: q.shape, dtype: type) { out in
      let (q, k, v, out) = (Pointer(q.pointer), Pointer(k.pointer), Pointer(v.pointer), MutablePointer(out))
      withScratch(t * s + (t + 2 * s) * d) { scratch, item in
        let (batch, head) = (item / h, item % h)
        let rows = batch * t * width + head * d
        let columns = batch * s * width + head * d
        let stride = Int64(width)
        ns_attention_small(
          type.code, out.at(rows, type), q.at(rows, type), k.at(columns, type), v.at(columns, type), Int64(t), Int64(s),
          Int64(d), stride, stride, stride, stride, scale, causal ? 1 : 0, scratch)
      }
    }
  }

  func smallBackward(_ q: Tensor, _ k: Tensor, _ v: Tensor, _ dy: Tensor) -> (query: Tensor, key: Tensor, value: Tensor) {
    let dq = Tensor(shape: q.shape, dtype: type) { _ in }
    let dk = Tensor(shape: k.shape, dtype: type) { _ in }
    let dv = Tensor(shape: v.shape, dtype: type) { _ in }
    let (pq, pk, pv, pg) = (Pointer(q.pointer), Pointer(k.pointer), Pointer(v.pointer), Pointer(dy.pointer))
    let (oq, ok, ov) = (MutablePointer(dq.pointer), MutablePointer(dk.pointer), MutablePointer(dv.pointer))
    withScratch(2 * t * d + 5 * s * d + 2 * s + d) { scratch, item in
      let (batch, head) = (item / h, item % h)
      let rows = batch * t * width + head * d
      let columns = batch * s * width + head * d
      ns_attention_small_backward(
        type.code, oq.at(rows, type), ok.at(columns, type), ov.at(columns, type), pq.at(rows, type), pk.at(columns, type),
        pv.at(columns, type), pg.at(rows, type), Int64(t), Int64(s), Int64(d), Int64(width), Int64(width), scale,
        causal ? 1 : 0, scratch)
    }
    return (dq, dk, dv)
  }

  private func withScratch(_ floats: Int, _ body: @Sendable (UnsafeMutablePointer<Float>, Int) -> Void) {
    parallel(b * h, grain: max(1, (1 << 13) / max(1, t * s))) { range in
      let scratch = UnsafeMutablePointer<Float>.allocate(capacity: floats)
      for item in range { body(scratch, item) }
      scratch.deallocate()
    }
  }

  // MARK: Long sequences: blocks of queries, all heads of some samples at a time

  /// How many samples, and how many queries of each, make a block of at most 2²¹ scores.
  private var block: (samples: Int, queries: Int) {
    let limit = 1 << 21
    let queries = max(1, min(t, limit / (h * s)))
    return (queries < t ? 1 : max(1, min(b, limit / (h * s * t))), queries)
  }

  private func forEachBlock(_ body: (_ samples: Range<Int>, _ queries: Range<Int>) -> Void) {
    let size = block
    for sample in stride(from: 0, to: b, by: size.samples) {
      for query in stride(from: 0, to: t, by: size.queries) {
        body(sample..<min(b, sample + size.samples), query..<min(t, query + size.queries))
      }
    }
  }

  func forward(_ q: Tensor, _ k: Tensor, _ v: Tensor) -> Tensor {
    Tensor(shape: q.shape, dtype: type) { out in
      forEachBlock { samples, queries in
        let p = probabilities(q, k, samples, queries)
        let rows = offset(samples, queries.lowerBound, t)
        multiply(
          samples, m: queries.count, n: d, k: s, p.pointer, scores(queries.count), v.pointer + offset(samples, 0, s), tokens(s),
          out + rows, tokens(t), result: type)
      }
    }
  }

  func backward(_ q: Tensor, _ k: Tensor, _ v: Tensor, _ dy: Tensor) -> (query: Tensor, key: Tensor, value: Tensor) {
    let dq = Tensor(shape: q.shape, dtype: type) { _ in }
    // Several blocks of queries add to the same keys: float32 until the end.
    let dk = Tensor.zeros(k.shape)
    let dv = Tensor.zeros(v.shape)
    forEachBlock { samples, queries in
      let rows = offset(samples, queries.lowerBound, t)
      let keys = offset(samples, 0, s)
      let p = probabilities(q, k, samples, queries)
      let flat = scores(queries.count)
      // dP = dO · Vᵀ; dS = scale · P ∘ (dP - rowsum(dP ∘ P))
      let dp = Tensor(shape: p.shape, dtype: type) { out in
        multiply(
          samples, m: queries.count, n: s, k: d, dy.pointer + rows, tokens(t), v.pointer + keys, tokens(s).swapped, out, flat,
          result: type)
      }
      let ds = Tensor(shape: p.shape, dtype: type) { out in
        let (out, y, g) = (MutablePointer(out), Pointer(p.pointer), Pointer(dp.pointer))
        parallel(p.count / s, grain: max(1, (1 << 13) / s)) { range in
          let at = range.lowerBound * s
          ns_softmax_backward(
            type.code, out.at(at, type), y.at(at, type), g.at(at, type), scale, Int64(range.count), Int64(s))
        }
      }
      multiply(
        samples, m: queries.count, n: d, k: s, ds.pointer, flat, k.pointer + keys, tokens(s), dq.pointer + rows, tokens(t),
        result: type)
      accumulate(samples, ds, queries.count, q.pointer + rows, into: dk)
      accumulate(samples, p, queries.count, dy.pointer + rows, into: dv)
    }
    return (dq, dk.cast(to: type), dv.cast(to: type))
  }

  /// softmax(scale · q · kᵀ) of a block: (samples, H, queries, S).
  private func probabilities(_ q: Tensor, _ k: Tensor, _ samples: Range<Int>, _ queries: Range<Int>) -> Tensor {
    let shape = [samples.count, h, queries.count, s]
    let scores = Tensor(shape: shape) { out in
      multiply(
        samples, m: queries.count, n: s, k: d, q.pointer + offset(samples, queries.lowerBound, t), tokens(t),
        k.pointer + offset(samples, 0, s), tokens(s).swapped, out, self.scores(queries.count), result: .float32)
    }
    let rows = samples.count * h * queries.count
    // In place: nobody else has seen the scores yet.
    let buffer = MutablePointer(scores.pointer)
    let period = Int64(queries.count)
    let first = Int64(queries.lowerBound)
    parallel(rows, grain: max(1, (1 << 13) / s)) { range in
      let at = buffer.at(range.lowerBound * s, .float32)
      ns_softmax(
        0, at, at, scale, Int64(range.count), Int64(s), period, causal ? first : -1, Int64(range.lowerBound))
    }
    return scores.cast(to: type)
  }

  /// into[samples] += weightsᵀ · rows: how keys and values collect their gradients.
  private func accumulate(
    _ samples: Range<Int>, _ weights: Tensor, _ queries: Int, _ rows: UnsafeRawPointer, into total: Tensor
  ) {
    let part = Tensor(shape: [samples.count, s, width]) { out in
      multiply(
        samples, m: s, n: d, k: queries, weights.pointer, scores(queries).swapped, rows, tokens(t), out, tokens(s),
        result: .float32)
    }
    let target = total.float32Pointer + samples.lowerBound * s * width
    ns_binary(Int32(NS_ADD.rawValue), 0, target, target, 1, part.float32Pointer, 1, Int64(part.count))
  }

  /// (B, length, H, D) seen as matrices (tokens, D) for every (sample, head).
  private func tokens(_ length: Int) -> Strides4 { Strides4(length * width, d, width, 1) }
  /// (samples, H, queries, S), contiguous.
  private func scores(_ queries: Int) -> Strides4 { Strides4(h * queries * s, queries * s, s, 1) }
  private func offset(_ samples: Range<Int>, _ token: Int, _ length: Int) -> Int {
    (samples.lowerBound * length + token) * width * type.byteCount
  }

  private func multiply(
    _ samples: Range<Int>, m: Int, n: Int, k: Int, _ a: UnsafeRawPointer, _ stridesA: Strides4, _ b: UnsafeRawPointer,
    _ stridesB: Strides4, _ c: UnsafeMutableRawPointer, _ stridesC: Strides4, result: DataType
  ) {
    let shape = MatmulShape(
      batch: (samples.count, h), m: m, n: n, k: k, a: stridesA, b: stridesB, c: stridesC, dtype: type, resultType: result)
    Compute.backend.matmul(shape, a: a, b: b, bias: nil, c: c, packed: nil)
  }
}

extension Strides4 {
  /// The same matrices, transposed.
  fileprivate var swapped: Strides4 { Strides4(batch0, batch1, column, row) }
}
