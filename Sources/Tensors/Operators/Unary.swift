import NegativeSpaceCKernels
import NegativeSpaceKernels

/// Functions of one element, with their slopes next to them in `CKernels/pointwise.c`.
extension Tensor {
  package func exp() -> Tensor { unary(NS_EXP) }
  package func log() -> Tensor { unary(NS_LOG) }
  package func sqrt() -> Tensor { unary(NS_SQRT) }
  package func square() -> Tensor { unary(NS_SQUARE) }
  package func abs() -> Tensor { unary(NS_ABS) }
  package func sigmoid() -> Tensor { unary(NS_SIGMOID) }
  /// The product x · sigmoid(x).
  package func silu() -> Tensor { unary(NS_SILU) }
  package func tanh() -> Tensor { unary(NS_TANH) }
  package func relu() -> Tensor { unary(NS_RELU) }
  /// The product x · Φ(x), in the exact form with erf.
  package func gelu() -> Tensor { unary(NS_GELU) }
  /// GELU's tanh approximation ("gelu_new", "gelu_pytorch_tanh").
  package func geluTanh() -> Tensor { unary(NS_GELU_TANH) }
  /// x · sigmoid(1.702 x), as OpenAI's CLIP has it.
  package func quickGELU() -> Tensor { unary(NS_QUICK_GELU) }
  /// The smooth ramp log(1 + e^x).
  package func softplus() -> Tensor { unary(NS_SOFTPLUS) }
  package func sin() -> Tensor { unary(NS_SIN) }
  package func cos() -> Tensor { unary(NS_COS) }
  /// The quotient 1 / x.
  package func reciprocal() -> Tensor { unary(NS_RECIPROCAL) }
  package static prefix func - (x: Tensor) -> Tensor { x.unary(NS_NEGATE) }

  private func unary(_ op: ns_unary_op) -> Tensor {
    let code = Int32(op.rawValue)
    let value = pointwise { type, out, x, n in ns_unary(code, type, out, x, n) }
    return value.recorded(from: self) { [self] upstream, flow in
      flow.send(
        pointwise(with: upstream) { type, dx, x, dy, n in ns_unary_backward(code, type, dx, x, dy, n) }, to: self)
    }
  }

  /// Values limited to [low, high]; the gradient is 0 outside.
  package func clamped(_ low: Float, _ high: Float) -> Tensor {
    let value = pointwise { type, out, x, n in ns_clamp(type, out, x, low, high, n) }
    return value.recorded(from: self) { [self] upstream, flow in
      flow.send(
        pointwise(with: upstream) { type, dx, x, dy, n in ns_clamp_backward(type, dx, x, dy, low, high, n) }, to: self)
    }
  }

  /// The line scale · x + shift.
  package func affine(scale: Float, shift: Float) -> Tensor {
    let value = pointwise { type, out, x, n in ns_affine(type, out, x, scale, shift, n) }
    return value.recorded(from: self) { [self] upstream, flow in
      flow.send(upstream.affine(scale: scale, shift: 0), to: self)
    }
  }

  /// (…, 2·d) -> (…, d): the first half times GELU of the second (arXiv:2002.05202).
  package func geglu() -> Tensor {
    let d = size(-1) / 2
    precondition(size(-1) == 2 * d, "geglu: the last axis of \(shape) is odd")
    let rows = count / max(1, 2 * d)
    let type = dtype
    let value = Tensor(shape: shape.dropLast() + [d], dtype: dtype) { out in
      let x = Pointer(pointer), out = MutablePointer(out)
      parallel(rows, grain: max(1, (1 << 13) / max(1, d))) { range in
        ns_geglu(
          type.code, out.at(range.lowerBound * d, type), x.at(range.lowerBound * 2 * d, type), Int64(range.count),
          Int64(d))
      }
    }
    return value.recorded(from: self) { [self] upstream, flow in
      let dy = upstream.cast(to: type)
      flow.send(
        Tensor(shape: shape, dtype: type) { out in
          let x = Pointer(pointer), g = Pointer(dy.pointer), out = MutablePointer(out)
          parallel(rows, grain: max(1, (1 << 13) / max(1, d))) { range in
            ns_geglu_backward(
              type.code, out.at(range.lowerBound * 2 * d, type), x.at(range.lowerBound * 2 * d, type),
              g.at(range.lowerBound * d, type), Int64(range.count), Int64(d))
          }
        }, to: self)
    }
  }

  /// Whether no element is NaN or infinite.
  package var isFinite: Bool {
    let bytes = UnsafeRawBufferPointer(start: pointer, count: count * dtype.byteCount)
    return largestMagnitude(bytes, elementBytes: dtype.byteCount) < (dtype == .float32 ? 0x7F80_0000 : 0x7F80)
  }

  // MARK: Loops over all elements, split over the cores

  private func pointwise(
    _ kernel: @Sendable (Int32, UnsafeMutableRawPointer, UnsafeRawPointer, Int64) -> Void
  ) -> Tensor {
    let type = dtype
    return Tensor(shape: shape, dtype: dtype) { out in
      let x = Pointer(pointer), out = MutablePointer(out)
      parallel(count, grain: 1 << 14) { range in
        kernel(type.code, out.at(range.lowerBound, type), x.at(range.lowerBound, type), Int64(range.count))
      }
    }
  }

  private func pointwise(
    with upstream: Tensor,
    _ kernel: @Sendable (Int32, UnsafeMutableRawPointer, UnsafeRawPointer, UnsafeRawPointer, Int64) -> Void
  ) -> Tensor {
    let type = dtype
    let dy = upstream.cast(to: type)
    return Tensor(shape: shape, dtype: type) { out in
      let x = Pointer(pointer), g = Pointer(dy.pointer), out = MutablePointer(out)
      parallel(count, grain: 1 << 14) { range in
        kernel(
          type.code, out.at(range.lowerBound, type), x.at(range.lowerBound, type), g.at(range.lowerBound, type),
          Int64(range.count))
      }
    }
  }
}
