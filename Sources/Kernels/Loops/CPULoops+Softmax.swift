import NegativeSpaceCKernels

extension CPULoops {
  package func softmax(_ type: DataType, x: UnsafeRawPointer, out: UnsafeMutableRawPointer, rows: Int, width: Int) {
    rowwise(type, x, out, rows, width) { out, x, rows in ns_softmax(type.code, out, x, rows, Int64(width)) }
  }

  package func softmaxGradient(
    _ type: DataType, y: UnsafeRawPointer, upstream: UnsafeRawPointer, dx: UnsafeMutableRawPointer, rows: Int,
    width: Int
  ) {
    rowwise(type, y, upstream, dx, rows, width) { dx, y, dy, rows in
      ns_softmax_backward(type.code, dx, y, dy, rows, Int64(width))
    }
  }

  package func logSoftmax(_ type: DataType, x: UnsafeRawPointer, out: UnsafeMutableRawPointer, rows: Int, width: Int) {
    rowwise(type, x, out, rows, width) { out, x, rows in ns_log_softmax(type.code, out, x, rows, Int64(width)) }
  }

  package func logSoftmaxGradient(
    _ type: DataType, y: UnsafeRawPointer, upstream: UnsafeRawPointer, dx: UnsafeMutableRawPointer, rows: Int,
    width: Int
  ) {
    rowwise(type, y, upstream, dx, rows, width) { dx, y, dy, rows in
      ns_log_softmax_backward(type.code, dx, y, dy, rows, Int64(width))
    }
  }

  // MARK: Loops over rows, split over the cores

  private func rowwise(
    _ type: DataType, _ x: UnsafeRawPointer, _ out: UnsafeMutableRawPointer, _ rows: Int, _ width: Int,
    _ kernel: @Sendable (UnsafeMutableRawPointer, UnsafeRawPointer, Int64) -> Void
  ) {
    let x = Pointer(x), out = MutablePointer(out)
    parallel(rows, grain: max(1, (1 << 13) / max(1, width))) { range in
      let at = range.lowerBound * width
      kernel(out.at(at, type), x.at(at, type), Int64(range.count))
    }
  }

  private func rowwise(
    _ type: DataType, _ x: UnsafeRawPointer, _ upstream: UnsafeRawPointer, _ out: UnsafeMutableRawPointer, _ rows: Int,
    _ width: Int,
    _ kernel: @Sendable (UnsafeMutableRawPointer, UnsafeRawPointer, UnsafeRawPointer, Int64) -> Void
  ) {
    let x = Pointer(x), dy = Pointer(upstream), out = MutablePointer(out)
    parallel(rows, grain: max(1, (1 << 13) / max(1, width))) { range in
      let at = range.lowerBound * width
      kernel(out.at(at, type), x.at(at, type), dy.at(at, type), Int64(range.count))
    }
  }
}
