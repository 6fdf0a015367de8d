import NegativeSpaceCKernels

extension CPULoops {
  package func attention(
    _ shape: AttentionShape, q: UnsafeRawPointer, k: UnsafeRawPointer, v: UnsafeRawPointer,
    out: UnsafeMutableRawPointer
  ) {
    let (b, t, s, h, d) = (shape.b, shape.t, shape.s, shape.h, shape.d)
    let (width, type) = (shape.width, shape.dtype)
    let (q, k, v, out) = (Pointer(q), Pointer(k), Pointer(v), MutablePointer(out))
    // Few heads: cut the queries too. Each part lays out the keys again, so parts stay long.
    let parts = b * h >= 2 * Threads.count ? 1 : max(1, min(t / 64, 2 * Threads.count))
    withScratch(shape, items: b * h * parts, floats: ns_attention_scratch(Int64(s), Int64(d))) { scratch, item in
      let (head, part) = (item / parts, item % parts)
      let first = t * part / parts
      let count = t * (part + 1) / parts - first
      let rows = ((head / h) * t + first) * width + (head % h) * d
      let columns = (head / h) * s * width + (head % h) * d
      ns_attention(
        type.code, out.at(rows, type), q.at(rows, type), k.at(columns, type), v.at(columns, type), Int64(count),
        Int64(s), Int64(d), Int64(width), Int64(width), shape.scale, shape.causal ? 1 : 0, Int64(first), scratch)
    }
  }

  package func attentionGradients(
    _ shape: AttentionShape, q: UnsafeRawPointer, k: UnsafeRawPointer, v: UnsafeRawPointer, upstream: UnsafeRawPointer,
    dq: UnsafeMutableRawPointer, dk: UnsafeMutableRawPointer, dv: UnsafeMutableRawPointer
  ) {
    let (b, t, s, h, d) = (shape.b, shape.t, shape.s, shape.h, shape.d)
    let (width, type) = (shape.width, shape.dtype)
    let (q, k, v, dy) = (Pointer(q), Pointer(k), Pointer(v), Pointer(upstream))
    let (dq, dk, dv) = (MutablePointer(dq), MutablePointer(dk), MutablePointer(dv))
    withScratch(shape, items: b * h, floats: ns_attention_backward_scratch(Int64(s), Int64(d))) { scratch, item in
      let rows = (item / h) * t * width + (item % h) * d
      let columns = (item / h) * s * width + (item % h) * d
      ns_attention_backward(
        type.code, dq.at(rows, type), dk.at(columns, type), dv.at(columns, type), q.at(rows, type),
        k.at(columns, type), v.at(columns, type), dy.at(rows, type), Int64(t), Int64(s), Int64(d), Int64(width),
        Int64(width), shape.scale, shape.causal ? 1 : 0, scratch)
    }
  }

  private func withScratch(
    _ shape: AttentionShape, items: Int, floats: Int64, _ body: @Sendable (UnsafeMutablePointer<Float>, Int) -> Void
  ) {
    parallel(items, grain: max(1, (1 << 13) / max(1, shape.t * shape.s))) { range in
      let bytes = Int(floats) * 4
      let scratch = BufferPool.shared.take(bytes)
      for item in range { body(scratch.assumingMemoryBound(to: Float.self), item) }
      BufferPool.shared.giveBack(scratch, bytes)
    }
  }
}
