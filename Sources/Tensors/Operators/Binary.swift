import NegativeSpaceKernels

/// Arithmetic of two tensors with NumPy's broadcasting, and of a tensor and a number.
extension Tensor {
  package static func + (a: Tensor, b: Tensor) -> Tensor {
    binary(.add, a, b).recorded(from: a, b) { upstream, flow in
      flow.send(upstream.summed(to: a.shape), to: a)
      flow.send(upstream.summed(to: b.shape), to: b)
    }
  }

  package static func - (a: Tensor, b: Tensor) -> Tensor {
    binary(.subtract, a, b).recorded(from: a, b) { upstream, flow in
      flow.send(upstream.summed(to: a.shape), to: a)
      flow.send(-upstream.summed(to: b.shape), to: b)
    }
  }

  package static func * (a: Tensor, b: Tensor) -> Tensor {
    binary(.multiply, a, b).recorded(from: a, b) { upstream, flow in
      let dy = upstream.cast(to: a.dtype)
      flow.send((dy * b.detached).summed(to: a.shape), to: a)
      flow.send((dy * a.detached).summed(to: b.shape), to: b)
    }
  }

  package static func / (a: Tensor, b: Tensor) -> Tensor {
    let quotient = binary(.divide, a, b)
    return quotient.recorded(from: a, b) { upstream, flow in
      let share = upstream.cast(to: a.dtype) / b.detached
      flow.send(share.summed(to: a.shape), to: a)
      flow.send(-(share * quotient).summed(to: b.shape), to: b)
    }
  }

  /// The larger of two elements; where they are equal the gradient goes to `a`.
  package static func maximum(_ a: Tensor, _ b: Tensor) -> Tensor { selecting(.maximum, a, b) }

  /// The smaller of two elements; where they are equal the gradient goes to `a`.
  package static func minimum(_ a: Tensor, _ b: Tensor) -> Tensor { selecting(.minimum, a, b) }

  private static func selecting(_ op: BinaryOperation, _ a: Tensor, _ b: Tensor) -> Tensor {
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

  private static func binary(_ op: BinaryOperation, _ a: Tensor, _ b: Tensor) -> Tensor {
    precondition(a.dtype == b.dtype, "\(a.dtype) and \(b.dtype) do not mix: cast one (shapes \(a.shape), \(b.shape))")
    return binary(op, a, b, shape: broadcast(a.shape, b.shape))
  }

  private static func binary(_ op: BinaryOperation, _ a: Tensor, _ b: Tensor, shape: [Int]) -> Tensor {
    let axes = BroadcastAxis.merged(shape, a.shape, b.shape)
    return Tensor(shape: shape, dtype: a.dtype) { out in
      Compute.loops.binary(op, a.dtype, a: a.pointer, b: b.pointer, out: out, axes: axes)
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
    let value = Tensor.binary(.add, self, .zeros([1], dtype: dtype), shape: shape)
    return value.recorded(from: self) { [self] upstream, flow in flow.send(upstream.summed(to: self.shape), to: self) }
  }
}
