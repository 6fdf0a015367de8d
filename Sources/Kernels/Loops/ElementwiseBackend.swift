/// Functions of one and of two elements, and changes of their type.
package protocol ElementwiseBackend: Sendable {
  /// out[i] = operation(x[i]).
  func unary(
    _ operation: UnaryOperation, _ type: DataType, x: UnsafeRawPointer, out: UnsafeMutableRawPointer, count: Int)

  /// dx[i] = upstream[i] · operation'(x[i]).
  func unaryGradient(
    _ operation: UnaryOperation, _ type: DataType, x: UnsafeRawPointer, upstream: UnsafeRawPointer,
    dx: UnsafeMutableRawPointer, count: Int)

  /// out = operation(a, b) over all `axes`, outermost first; out is contiguous.
  func binary(
    _ operation: BinaryOperation, _ type: DataType, a: UnsafeRawPointer, b: UnsafeRawPointer,
    out: UnsafeMutableRawPointer, axes: [BroadcastAxis])

  /// out[i] = scale · x[i] + shift.
  func affine(
    _ type: DataType, x: UnsafeRawPointer, out: UnsafeMutableRawPointer, scale: Float, shift: Float, count: Int)

  /// out[i] = min(max(x[i], low), high).
  func clamp(
    _ type: DataType, x: UnsafeRawPointer, out: UnsafeMutableRawPointer, low: Float, high: Float, count: Int)

  /// dx[i] = upstream[i] where x[i] is within its limits, else 0.
  func clampGradient(
    _ type: DataType, x: UnsafeRawPointer, upstream: UnsafeRawPointer, dx: UnsafeMutableRawPointer, low: Float,
    high: Float, count: Int)

  /// out (rows, width) = value · gelu(gate) of x (rows, 2·width), value first.
  func geglu(_ type: DataType, x: UnsafeRawPointer, out: UnsafeMutableRawPointer, rows: Int, width: Int)

  /// dx (rows, 2·width) from the gradient of the output (rows, width).
  func gegluGradient(
    _ type: DataType, x: UnsafeRawPointer, upstream: UnsafeRawPointer, dx: UnsafeMutableRawPointer, rows: Int,
    width: Int)

  /// out[i] = x[i] in the other element type; bfloat16 rounds to nearest even.
  func convert(x: UnsafeRawPointer, out: UnsafeMutableRawPointer, to type: DataType, count: Int)
}

/// A function of one element.
package enum UnaryOperation: Sendable {
  case exp, log, sqrt, square, abs, sigmoid, silu, tanh, relu, gelu, geluTanh, quickGELU, softplus, sin, cos, negate
  case reciprocal
}

/// A function of two elements.
package enum BinaryOperation: Sendable {
  case add, subtract, multiply, divide, maximum, minimum
}
