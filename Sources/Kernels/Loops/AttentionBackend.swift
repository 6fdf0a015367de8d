/// Softmax and attention.
package protocol AttentionBackend: Sendable {
  /// out = exp(x) / Σ exp(x) along each row of (rows, width).
  func softmax(_ type: DataType, x: UnsafeRawPointer, out: UnsafeMutableRawPointer, rows: Int, width: Int)

  /// dx = y · (upstream - Σ upstream · y), y being softmax's result.
  func softmaxGradient(
    _ type: DataType, y: UnsafeRawPointer, upstream: UnsafeRawPointer, dx: UnsafeMutableRawPointer, rows: Int,
    width: Int)

  /// out = x - log Σ exp(x) along each row of (rows, width).
  func logSoftmax(_ type: DataType, x: UnsafeRawPointer, out: UnsafeMutableRawPointer, rows: Int, width: Int)

  /// dx from log softmax's result y.
  func logSoftmaxGradient(
    _ type: DataType, y: UnsafeRawPointer, upstream: UnsafeRawPointer, dx: UnsafeMutableRawPointer, rows: Int,
    width: Int)

  /// out = softmax(scale · q · kᵀ) · v for every head; q and out are (b, t, h·d), k and v (b, s, h·d).
  func attention(
    _ shape: AttentionShape, q: UnsafeRawPointer, k: UnsafeRawPointer, v: UnsafeRawPointer,
    out: UnsafeMutableRawPointer)

  /// dq, dk and dv, shaped as q, k and v, from the gradient of the output.
  func attentionGradients(
    _ shape: AttentionShape, q: UnsafeRawPointer, k: UnsafeRawPointer, v: UnsafeRawPointer, upstream: UnsafeRawPointer,
    dq: UnsafeMutableRawPointer, dk: UnsafeMutableRawPointer, dv: UnsafeMutableRawPointer)
}

/// The sizes of one attention: `b` samples, `t` queries, `s` keys, `h` heads of width `d`.
package struct AttentionShape: Hashable, Sendable {
  package var b: Int
  package var t: Int
  package var s: Int
  package var h: Int
  package var d: Int
  /// Query i sees keys 0…i only.
  package var causal: Bool
  package var scale: Float
  package var dtype: DataType

  package init(b: Int, t: Int, s: Int, h: Int, d: Int, causal: Bool, scale: Float, dtype: DataType) {
    (self.b, self.t, self.s, self.h, self.d) = (b, t, s, h, d)
    (self.causal, self.scale, self.dtype) = (causal, scale, dtype)
  }

  package var width: Int { h * d }
  /// Multiplications and additions of scores, and of mixtures by them; a causal mask spares some, which is not counted.
  package var flops: Int { 4 * b * h * t * s * d }
}
