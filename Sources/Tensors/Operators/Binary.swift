import NegativeSpaceCKernels
import NegativeSpaceKernels

/// Arithmetic of two tensors with NumPy's broadcasting, and of a tensor and a number.
extension Tensor {
  package static func + (a: Tensor, b: Tensor) -> Tensor {
    binary(NS_ADD, a, b).recorded(from: a, b) { upstream, flow in
      flow.send(upstream.summed(to: a.shape), to: a)
      flow.send(upstream.summed(to: b.shape), to: b)
    }
  }

  package static func - (a: Tensor, b: Tensor) -> Tensor {
    binary(NS_SUBTRACT, a, b).recorded(from: a, b) { upstream, flow in
      flow.send(upstream.summed(to: a.shape), to: a)
      flow.send(-upstream.summed(to: b.shape), to: b)
    }
  }

  package static func * (a: Tensor, b: Tensor) -> Tensor {
    binary(NS_MULTIPLY, a, b).recorded(from: a, b) { upstream, flow in
      let dy = upstream.cast(to: a.dtype)
      flow.send((dy * b.detached).summed(to: a.shape), to: a)
      flow.send((dy * a.detached).summed(to: b.shape), to: b)
    }
  }

  package static func / (a: Tensor, b: Tensor) -> Tensor {
    let quotient = binary(NS_DIVIDE, a, b)
    return quotient.recorded(from: a, b) { upstream, flow in
      let share = upstream.cast(to: a.dtype) / b.detached
      flow.send(share.summed(to: a.shape), to: a)
      flow.send(-(share * quotient).summed(to: b.shape), to: b)
    }
  }

  /// The larger of two elements; where they are equal the gradient goes to `a`.
  package static func maximum(_ a: Tensor, _ b: Tensor) -> Tensor { selecting(NS_MAXIMUM, a, b) }

  /// The smaller of two elements; where they are equal the gradient goes to `a`.
  package static func minimum(_ a: Tensor, _ b: Tensor) -> Tensor { selecting(NS_MINIMUM, a, b) }

  private static func selecting(_ op: ns_binary_op, _ a: Tensor, _ b: Tensor) -> Tensor {
    precondition(a.shape == b.shape, "maximum/minimum: \(a.shape) and \(b.shape) differ")
    let value = binary(op, a, b)
    return value.recorded(from: a, b) { upstream, flow in
      let chosen = zip(value.floats, a.floats).map { $0 == $1 ? Float(1) : 0 }
      let mask = Tensor(chosen, shape: a.shape).cast(to: a.dtype)
      let dy = upstream.cast(to: a.dtype)
      flow.send(dy * mask, to: a)
      flow.send(dy * (1 - mask), to: b)
    }
  }

  package static func + (a: Tensor, b: Float) -> Tensor { a.affine(scale: 1, shift: b) }
  package static func + (a: Float, b: Tensor) -> Tensor { b.affine(scale: 1, shift: a) }
  package static func - (a: Tensor, b: Float) -> Tensor { a.affine(scale: 1, shift: -b) }
  package static func - (a: Float, b: Tensor) -> Tensor { b.affine(scale: -1, shift: a) }
  package static func * (a: Tensor, b: Float) -> Tensor { a.affine(scale: b, shift: 0) }
  package static func * (a: Float, b: Tensor) -> Tensor { b.affine(scale: a, shift: 0) }
  package static func / (a: Tensor, b: Float) -> Tensor { a.affine(scale: 1 / b, shift: 0) }
  package static func / (a: Float, b: Tensor) -> Tensor { b.reciprocal() * a }

  // MARK: Broadcasting

  private static func binary(_ op: ns_binary_op, _ a: Tensor, _ b: Tensor) -> Tensor {
    precondition(a.dtype == b.dtype, "\(a.dtype) and \(b.dtype) do not mix: cast one (shapes \(a.shape), \(b.shape))")
    return binary(op, a, b, shape: broadcast(a.shape, b.shape))
  }

  /// Two loops are left to the kernel, the row and its elements; those around it are walked here.
  private static func binary(_ op: ns_binary_op, _ a: Tensor, _ b: Tensor, shape: [Int]) -> Tensor {
    let code = Int32(op.rawValue)
    let type = a.dtype
    var axes = BroadcastAxis.merged(shape, a.shape, b.shape)
    let inner = axes.popLast() ?? BroadcastAxis(size: 1, a: 0, b: 0)
    let rows = axes.popLast() ?? BroadcastAxis(size: 1, a: 0, b: 0)
    let outer = axes
    return Tensor(shape: shape, dtype: type) { out in
      let pa = Pointer(a.pointer), pb = Pointer(b.pointer), out = MutablePointer(out)
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

  /// The shape two shapes broadcast to.
  static func broadcast(_ a: [Int], _ b: [Int]) -> [Int] {
    let rank = max(a.count, b.count)
    let a1 = Array(repeating: 1, count: rank - a.count) + a
    let b1 = Array(repeating: 1, count: rank - b.count) + b
    return zip(a1, b1).map { x, y in
      precondition(x == y || x == 1 || y == 1, "shapes \(a) and \(b) do not broadcast")
      return x == 1 ? y : x
    }
  }

  /// Sums over the axes along which `shape` was broadcast to this one: the pullback of broadcasting.
  func summed(to shape: [Int]) -> Tensor {
    guard shape != self.shape else { return self }
    let padded = Array(repeating: 1, count: rank - shape.count) + shape
    let axes = (0..<rank).filter { padded[$0] == 1 && self.shape[$0] != 1 }
    return (axes.isEmpty ? self : sum(axes: axes, keepDims: true)).reshaped(shape)
  }

  /// A copy repeated along axes of size 1 (and new leading axes) up to `shape`.
  package func expanded(to shape: [Int]) -> Tensor {
    guard shape != self.shape else { return self }
    precondition(Tensor.broadcast(self.shape, shape) == shape, "expand: \(self.shape) does not fit \(shape)")
    let value = Tensor.binary(NS_ADD, self, .zeros([1], dtype: dtype), shape: shape)
    return value.recorded(from: self) { [self] upstream, flow in flow.send(upstream.summed(to: self.shape), to: self) }
  }
}

/// One axis of a broadcast loop after merging: how far each operand moves along it.
private struct BroadcastAxis {
  let size: Int
  let a: Int
  let b: Int

  /// Axes of `shape` with the operands' strides; neighbours that both operands cross in one stride become one.
  static func merged(_ shape: [Int], _ a: [Int], _ b: [Int]) -> [BroadcastAxis] {
    let stridesA = strides(a, rank: shape.count)
    let stridesB = strides(b, rank: shape.count)
    var axes: [BroadcastAxis] = []
    for index in shape.indices where shape[index] != 1 {
      let axis = BroadcastAxis(size: shape[index], a: stridesA[index], b: stridesB[index])
      if let last = axes.last, last.a == axis.a * axis.size, last.b == axis.b * axis.size {
        axes[axes.count - 1] = BroadcastAxis(size: last.size * axis.size, a: axis.a, b: axis.b)
      } else {
        axes.append(axis)
      }
    }
    return axes
  }

  private static func strides(_ shape: [Int], rank: Int) -> [Int] {
    var result = Array(repeating: 0, count: rank)
    var step = 1
    for index in shape.indices.reversed() {
      result[index + rank - shape.count] = shape[index] == 1 ? 0 : step
      step *= shape[index]
    }
    return result
  }
}
