import NegativeSpaceCKernels

extension CPULoops {
  /// Two loops are left to the kernel, the row and its elements; those around it are walked here.
  package func binary(
    _ operation: BinaryOperation, _ type: DataType, a: UnsafeRawPointer, b: UnsafeRawPointer,
    out: UnsafeMutableRawPointer, axes: [BroadcastAxis]
  ) {
    let code = Int32(operation.loop.rawValue)
    var axes = axes
    let inner = axes.popLast() ?? BroadcastAxis(size: 1, a: 0, b: 0)
    let rows = axes.popLast() ?? BroadcastAxis(size: 1, a: 0, b: 0)
    let outer = axes
    let pa = Pointer(a), pb = Pointer(b), out = MutablePointer(out)
    @Sendable func run(_ at: Int, _ atA: Int, _ atB: Int, rows count: Int, elements: Int) {
      ns_binary(
        code, type.code, out.at(at, type), pa.at(atA, type), Int64(rows.a), Int64(inner.a), pb.at(atB, type),
        Int64(rows.b), Int64(inner.b), Int64(count), Int64(elements))
    }
    if rows.size == 1, outer.isEmpty {
      parallel(inner.size, grain: 1 << 14) { range in
        let at = range.lowerBound
        run(at, at * inner.a, at * inner.b, rows: 1, elements: range.count)
      }
      return
    }
    let lines = outer.reduce(rows.size) { $0 * $1.size }
    parallel(lines, grain: max(1, (1 << 14) / max(1, inner.size))) { range in
      var line = range.lowerBound
      while line < range.upperBound {
        let row = line % rows.size
        let count = min(rows.size - row, range.upperBound - line)
        var rest = line / rows.size
        var (atA, atB) = (row * rows.a, row * rows.b)
        for axis in outer.reversed() {
          atA += (rest % axis.size) * axis.a
          atB += (rest % axis.size) * axis.b
          rest /= axis.size
        }
        run(line * inner.size, atA, atB, rows: count, elements: inner.size)
        line += count
      }
    }
  }
}

extension BinaryOperation {
  fileprivate var loop: ns_binary_op {
    switch self {
    case .add: NS_ADD
    case .subtract: NS_SUBTRACT
    case .multiply: NS_MULTIPLY
    case .divide: NS_DIVIDE
    case .maximum: NS_MAXIMUM
    case .minimum: NS_MINIMUM
    }
  }
}
