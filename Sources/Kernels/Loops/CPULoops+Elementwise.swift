import NegativeSpaceCKernels

extension CPULoops {
  package func unary(
    _ operation: UnaryOperation, _ type: DataType, x: UnsafeRawPointer, out: UnsafeMutableRawPointer, count: Int
  ) {
    let code = Int32(operation.loop.rawValue)
    pointwise(type, x, out, count) { type, out, x, n in ns_unary(code, type, out, x, n) }
  }

  package func unaryGradient(
    _ operation: UnaryOperation, _ type: DataType, x: UnsafeRawPointer, upstream: UnsafeRawPointer,
    dx: UnsafeMutableRawPointer, count: Int
  ) {
    let code = Int32(operation.loop.rawValue)
    pointwise(type, x, upstream, dx, count) { type, dx, x, dy, n in ns_unary_backward(code, type, dx, x, dy, n) }
  }

  package func affine(
    _ type: DataType, x: UnsafeRawPointer, out: UnsafeMutableRawPointer, scale: Float, shift: Float, count: Int
  ) {
    pointwise(type, x, out, count) { type, out, x, n in ns_affine(type, out, x, scale, shift, n) }
  }

  package func clamp(
    _ type: DataType, x: UnsafeRawPointer, out: UnsafeMutableRawPointer, low: Float, high: Float, count: Int
  ) {
    pointwise(type, x, out, count) { type, out, x, n in ns_clamp(type, out, x, low, high, n) }
  }

  package func clampGradient(
    _ type: DataType, x: UnsafeRawPointer, upstream: UnsafeRawPointer, dx: UnsafeMutableRawPointer, low: Float,
    high: Float, count: Int
  ) {
    pointwise(type, x, upstream, dx, count) { type, dx, x, dy, n in
      ns_clamp_backward(type, dx, x, dy, low, high, n)
    }
  }

  package func geglu(
    _ type: DataType, x: UnsafeRawPointer, out: UnsafeMutableRawPointer, rows: Int, width d: Int
  ) {
    let x = Pointer(x), out = MutablePointer(out)
    parallel(rows, grain: max(1, (1 << 13) / max(1, d))) { range in
      ns_geglu(
        type.code, out.at(range.lowerBound * d, type), x.at(range.lowerBound * 2 * d, type), Int64(range.count),
        Int64(d))
    }
  }

  package func gegluGradient(
    _ type: DataType, x: UnsafeRawPointer, upstream: UnsafeRawPointer, dx: UnsafeMutableRawPointer, rows: Int,
    width d: Int
  ) {
    let x = Pointer(x), dy = Pointer(upstream), dx = MutablePointer(dx)
    parallel(rows, grain: max(1, (1 << 13) / max(1, d))) { range in
      ns_geglu_backward(
        type.code, dx.at(range.lowerBound * 2 * d, type), x.at(range.lowerBound * 2 * d, type),
        dy.at(range.lowerBound * d, type), Int64(range.count), Int64(d))
    }
  }

  package func convert(x: UnsafeRawPointer, out: UnsafeMutableRawPointer, to type: DataType, count: Int) {
    let x = Pointer(x), out = MutablePointer(out)
    parallel(count, grain: 1 << 16) { range in
      let (at, n) = (range.lowerBound, Int64(range.count))
      if type == .bfloat16 {
        ns_to_bfloat16(out.base.assumingMemoryBound(to: UInt16.self) + at, x.floats(at: at), n)
      } else {
        ns_to_float32(out.floats(at: at), x.base.assumingMemoryBound(to: UInt16.self) + at, n)
      }
    }
  }

  // MARK: Loops over all elements, split over the cores

  private func pointwise(
    _ type: DataType, _ x: UnsafeRawPointer, _ out: UnsafeMutableRawPointer, _ count: Int,
    _ kernel: @Sendable (Int32, UnsafeMutableRawPointer, UnsafeRawPointer, Int64) -> Void
  ) {
    let x = Pointer(x), out = MutablePointer(out)
    parallel(count, grain: 1 << 14) { range in
      kernel(type.code, out.at(range.lowerBound, type), x.at(range.lowerBound, type), Int64(range.count))
    }
  }

  private func pointwise(
    _ type: DataType, _ x: UnsafeRawPointer, _ upstream: UnsafeRawPointer, _ out: UnsafeMutableRawPointer,
    _ count: Int,
    _ kernel: @Sendable (Int32, UnsafeMutableRawPointer, UnsafeRawPointer, UnsafeRawPointer, Int64) -> Void
  ) {
    let x = Pointer(x), dy = Pointer(upstream), out = MutablePointer(out)
    parallel(count, grain: 1 << 14) { range in
      kernel(
        type.code, out.at(range.lowerBound, type), x.at(range.lowerBound, type), dy.at(range.lowerBound, type),
        Int64(range.count))
    }
  }
}

extension UnaryOperation {
  fileprivate var loop: ns_unary_op {
    switch self {
    case .exp: NS_EXP
    case .log: NS_LOG
    case .sqrt: NS_SQRT
    case .square: NS_SQUARE
    case .abs: NS_ABS
    case .sigmoid: NS_SIGMOID
    case .silu: NS_SILU
    case .tanh: NS_TANH
    case .relu: NS_RELU
    case .gelu: NS_GELU
    case .geluTanh: NS_GELU_TANH
    case .quickGELU: NS_QUICK_GELU
    case .softplus: NS_SOFTPLUS
    case .sin: NS_SIN
    case .cos: NS_COS
    case .negate: NS_NEGATE
    case .reciprocal: NS_RECIPROCAL
    }
  }
}
