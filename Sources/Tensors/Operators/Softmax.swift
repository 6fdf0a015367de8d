import NegativeSpaceCKernels
import NegativeSpaceKernels

extension Tensor {
  /// exp(x) / Σ exp(x) over the last axis.
  package func softmax() -> Tensor {
    let n = size(-1)
    let type = dtype
    let value = rowwise { out, row, rows in
      ns_softmax(type.code, out, row, rows, Int64(n))
    }
    return value.recorded(from: self) { [self] upstream, flow in
      flow.send(
        value.rowwise(with: upstream.cast(to: type)) { out, y, dy, rows in
          ns_softmax_backward(type.code, out, y, dy, rows, Int64(n))
        }, to: self)
    }
  }

  /// x - log Σ exp(x) over the last axis.
  package func logSoftmax() -> Tensor {
    let n = size(-1)
    let type = dtype
    let value = rowwise { out, row, rows in ns_log_softmax(type.code, out, row, rows, Int64(n)) }
    return value.recorded(from: self) { [self] upstream, flow in
      flow.send(
        value.rowwise(with: upstream.cast(to: type)) { out, y, dy, rows in
          ns_log_softmax_backward(type.code, out, y, dy, rows, Int64(n))
        }, to: self)
    }
  }

  private func rowwise(
    _ kernel: @Sendable (UnsafeMutableRawPointer, UnsafeRawPointer, Int64) -> Void
  ) -> Tensor {
    let n = size(-1)
    let type = dtype
    return Tensor(shape: shape, dtype: type) { out in
      let x = Pointer(pointer), out = MutablePointer(out)
      parallel(count / max(1, n), grain: max(1, (1 << 13) / max(1, n))) { range in
        kernel(out.at(range.lowerBound * n, type), x.at(range.lowerBound * n, type), Int64(range.count))
      }
    }
  }

  private func rowwise(
    with upstream: Tensor,
    _ kernel: @Sendable (UnsafeMutableRawPointer, UnsafeRawPointer, UnsafeRawPointer, Int64) -> Void
  ) -> Tensor {
    let n = size(-1)
    let type = dtype
    return Tensor(shape: shape, dtype: type) { out in
      let x = Pointer(pointer), g = Pointer(upstream.pointer), out = MutablePointer(out)
      parallel(count / max(1, n), grain: max(1, (1 << 13) / max(1, n))) { range in
        kernel(
          out.at(range.lowerBound * n, type), x.at(range.lowerBound * n, type), g.at(range.lowerBound * n, type),
          Int64(range.count))
      }
    }
  }
}
