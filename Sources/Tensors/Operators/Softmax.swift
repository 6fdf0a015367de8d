import NegativeSpaceKernels

extension Tensor {
  /// exp(x) / Σ exp(x) over the last axis.
  package func softmax() -> Tensor {
    let (rows, width) = rowsAndWidth
    let value = Tensor(shape: shape, dtype: dtype) { out in
      Compute.loops.softmax(dtype, x: pointer, out: out, rows: rows, width: width)
    }
    return value.recorded(from: self) { [self] upstream, flow in
      let dy = upstream.cast(to: dtype)
      flow.send(
        Tensor(shape: shape, dtype: dtype) { dx in
          Compute.loops.softmaxGradient(
            dtype, y: value.pointer, upstream: dy.pointer, dx: dx, rows: rows, width: width)
        }, to: self)
    }
  }

  /// x - log Σ exp(x) over the last axis.
  package func logSoftmax() -> Tensor {
    let (rows, width) = rowsAndWidth
    let value = Tensor(shape: shape, dtype: dtype) { out in
      Compute.loops.logSoftmax(dtype, x: pointer, out: out, rows: rows, width: width)
    }
    return value.recorded(from: self) { [self] upstream, flow in
      let dy = upstream.cast(to: dtype)
      flow.send(
        Tensor(shape: shape, dtype: dtype) { dx in
          Compute.loops.logSoftmaxGradient(
            dtype, y: value.pointer, upstream: dy.pointer, dx: dx, rows: rows, width: width)
        }, to: self)
    }
  }

  private var rowsAndWidth: (Int, Int) { (count / max(1, size(-1)), size(-1)) }
}
