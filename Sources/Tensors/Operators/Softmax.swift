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

  /// Of each row of the last axis the element `indices` names: (rows) of (rows, width), float32.
  package func picked(_ indices: [Int]) -> Tensor {
    let (rows, width) = rowsAndWidth
    precondition(
      dtype == .float32 && indices.count == rows && indices.allSatisfy { 0 <= $0 && $0 < width },
      "picked: \(indices.count) indices of \(shape), \(dtype)")
    let values = float32Pointer
    let value = Tensor(indices.enumerated().map { values[$0 * width + $1] }, shape: [rows])
    return value.recorded(from: self) { [self] upstream, flow in
      let dy = upstream.floats
      flow.send(
        Tensor(shape: shape) { dx in
          let dx = dx.assumingMemoryBound(to: Float.self)
          dx.update(repeating: 0, count: rows * width)
          for (row, index) in indices.enumerated() { dx[row * width + index] = dy[row] }
        }, to: self)
    }
  }

  private var rowsAndWidth: (Int, Int) { (count / max(1, size(-1)), size(-1)) }
}
