import NegativeSpaceKernels

/// Sums and means; always accumulated wider than float32, delivered in the tensor's own type.
extension Tensor {
  /// The sum of all elements, as a scalar.
  package func sum() -> Tensor {
    let total = Compute.loops.sum(dtype, x: pointer, count: count)
    let value = Tensor([Float(total)], shape: []).cast(to: dtype)
    return value.recorded(from: self) { [self] upstream, flow in
      flow.send(Tensor(repeating: upstream.item, shape: shape, dtype: dtype), to: self)
    }
  }

  /// The mean of all elements, as a scalar; float32 whatever the elements are, so that a loss keeps its digits.
  package func mean() -> Tensor {
    let total = Compute.loops.sum(dtype, x: pointer, count: count)
    let value = Tensor([Float(total / Double(count))], shape: [])
    return value.recorded(from: self) { [self] upstream, flow in
      flow.send(Tensor(repeating: upstream.item / Float(count), shape: shape, dtype: dtype), to: self)
    }
  }

  /// The sum over some axes, which stay as size 1 if `keepDims`.
  package func sum(axes: [Int], keepDims: Bool = false) -> Tensor {
    let reduced = Set(axes.map { $0 < 0 ? $0 + rank : $0 })
    precondition(reduced.allSatisfy { 0 <= $0 && $0 < rank }, "sum: axes \(axes) of \(shape)")
    let kept = (0..<rank).filter { !reduced.contains($0) }
    let narrow = (0..<rank).map { reduced.contains($0) ? 1 : shape[$0] }
    let value = withoutGradients { reducedSum(reduced, kept: kept) }
    let result = Tensor(storage: value.storage, shape: keepDims ? narrow : kept.map { shape[$0] }, dtype: dtype)
    return result.recorded(from: self) { [self] upstream, flow in
      flow.send(upstream.reshaped(narrow).expanded(to: shape), to: self)
    }
  }

  /// The mean over some axes.
  package func mean(axes: [Int], keepDims: Bool = false) -> Tensor {
    let size = axes.reduce(1) { $0 * self.size($1) }
    return sum(axes: axes, keepDims: keepDims) * (1 / Float(size))
  }

  /// Orders the axes (kept, reduced, kept) if they are not so already, and sums the middle.
  private func reducedSum(_ reduced: Set<Int>, kept: [Int]) -> Tensor {
    guard let first = reduced.min(), let last = reduced.max() else { return self }
    if last - first + 1 == reduced.count {
      let outer = shape[..<first].reduce(1, *)
      let inner = shape[(last + 1)...].reduce(1, *)
      return middleSum(outer: outer, reduced: count / max(1, outer * inner), inner: inner)
    }
    let order = reduced.sorted() + kept
    let inner = kept.reduce(1) { $0 * shape[$1] }
    return transposed(axes: order).middleSum(outer: 1, reduced: count / max(1, inner), inner: inner)
  }

  /// (outer, reduced, inner) summed over the middle -> outer·inner elements.
  private func middleSum(outer: Int, reduced: Int, inner: Int) -> Tensor {
    let sums = Tensor(shape: [outer * inner]) { out in
      let out = out.assumingMemoryBound(to: Float.self)
      if inner == 1 {
        Compute.loops.rowSums(dtype, x: pointer, out: out, rows: outer, width: reduced)
      } else {
        Compute.loops.columnSums(dtype, x: pointer, out: out, blocks: outer, rows: reduced, width: inner)
      }
    }
    return sums.cast(to: dtype)
  }

  /// For each row of the last axis, the index of its largest element (the first of equals).
  package func argmax() -> [Int] {
    let width = size(-1)
    let values = floats
    return (0..<(count / width)).map { row in
      var best = row * width
      for index in (row * width)..<((row + 1) * width) where values[index] > values[best] { best = index }
      return best - row * width
    }
  }

  /// The largest element of each row of the last axis; no gradient.
  package func rowMaximum() -> Tensor {
    let width = size(-1)
    let rows = count / width
    return Tensor(shape: Array(shape.dropLast())) { out in
      Compute.loops.rowMaxima(
        dtype, x: pointer, out: out.assumingMemoryBound(to: Float.self), rows: rows, width: width)
    }
  }
}
