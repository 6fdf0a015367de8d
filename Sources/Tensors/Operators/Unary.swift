import NegativeSpaceKernels

/// Functions of one element, with their slopes next to them in `CKernels/pointwise.c`.
extension Tensor {
  package func exp() -> Tensor { unary(.exp) }
  package func log() -> Tensor { unary(.log) }
  package func sqrt() -> Tensor { unary(.sqrt) }
  package func square() -> Tensor { unary(.square) }
  package func abs() -> Tensor { unary(.abs) }
  package func sigmoid() -> Tensor { unary(.sigmoid) }
  /// The product x · sigmoid(x).
  package func silu() -> Tensor { unary(.silu) }
  package func tanh() -> Tensor { unary(.tanh) }
  package func relu() -> Tensor { unary(.relu) }
  /// The product x · Φ(x), in the exact form with erf.
  package func gelu() -> Tensor { unary(.gelu) }
  /// GELU's tanh approximation ("gelu_new", "gelu_pytorch_tanh").
  package func geluTanh() -> Tensor { unary(.geluTanh) }
  /// x · sigmoid(1.702 x), as OpenAI's CLIP has it.
  package func quickGELU() -> Tensor { unary(.quickGELU) }
  /// The smooth ramp log(1 + e^x).
  package func softplus() -> Tensor { unary(.softplus) }
  package func sin() -> Tensor { unary(.sin) }
  package func cos() -> Tensor { unary(.cos) }
  /// The quotient 1 / x.
  package func reciprocal() -> Tensor { unary(.reciprocal) }
  package static prefix func - (x: Tensor) -> Tensor { x.unary(.negate) }

  private func unary(_ op: UnaryOperation) -> Tensor {
    let value = Tensor(shape: shape, dtype: dtype) { out in
      Compute.loops.unary(op, dtype, x: pointer, out: out, count: count)
    }
    return value.recorded(from: self) { [self] upstream, flow in
      let dy = upstream.cast(to: dtype)
      flow.send(
        Tensor(shape: shape, dtype: dtype) { dx in
          Compute.loops.unaryGradient(op, dtype, x: pointer, upstream: dy.pointer, dx: dx, count: count)
        }, to: self)
    }
  }

  /// Values limited to [low, high]; the gradient is 0 outside.
  package func clamped(_ low: Float, _ high: Float) -> Tensor {
    let value = Tensor(shape: shape, dtype: dtype) { out in
      Compute.loops.clamp(dtype, x: pointer, out: out, low: low, high: high, count: count)
    }
    return value.recorded(from: self) { [self] upstream, flow in
      let dy = upstream.cast(to: dtype)
      flow.send(
        Tensor(shape: shape, dtype: dtype) { dx in
          Compute.loops.clampGradient(
            dtype, x: pointer, upstream: dy.pointer, dx: dx, low: low, high: high, count: count)
        }, to: self)
    }
  }

  /// The line scale · x + shift.
  package func affine(scale: Float, shift: Float) -> Tensor {
    let value = Tensor(shape: shape, dtype: dtype) { out in
      Compute.loops.affine(dtype, x: pointer, out: out, scale: scale, shift: shift, count: count)
    }
    return value.recorded(from: self) { [self] upstream, flow in
      flow.send(upstream.affine(scale: scale, shift: 0), to: self)
    }
  }

  /// (…, 2·d) -> (…, d): the first half times GELU of the second (arXiv:2002.05202).
  package func geglu() -> Tensor {
    let d = size(-1) / 2
    precondition(size(-1) == 2 * d, "geglu: the last axis of \(shape) is odd")
    let rows = count / max(1, 2 * d)
    let value = Tensor(shape: shape.dropLast() + [d], dtype: dtype) { out in
      Compute.loops.geglu(dtype, x: pointer, out: out, rows: rows, width: d)
    }
    return value.recorded(from: self) { [self] upstream, flow in
      let dy = upstream.cast(to: dtype)
      flow.send(
        Tensor(shape: shape, dtype: dtype) { dx in
          Compute.loops.gegluGradient(dtype, x: pointer, upstream: dy.pointer, dx: dx, rows: rows, width: d)
        }, to: self)
    }
  }

  /// Whether no element is NaN or infinite.
  package var isFinite: Bool {
    let bytes = UnsafeRawBufferPointer(start: pointer, count: count * dtype.byteCount)
    return largestMagnitude(bytes, elementBytes: dtype.byteCount) < (dtype == .float32 ? 0x7F80_0000 : 0x7F80)
  }
}
