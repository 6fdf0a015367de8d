import NegativeSpaceKernels

/// Operators that move elements without changing them.
extension Tensor {
  /// The same elements under another shape; one size may be -1 and is worked out.
  package func reshaped(_ sizes: [Int]) -> Tensor {
    var sizes = sizes
    if let free = sizes.firstIndex(of: -1) {
      let known = sizes.reduce(-1, *)
      precondition(known > 0 && count % known == 0, "reshape: \(shape) does not fit \(sizes)")
      sizes[free] = count / known
    }
    precondition(
      sizes.reduce(1, *) == count, "reshape: \(shape) has \(count) elements, \(sizes) has \(sizes.reduce(1, *))")
    let value = Tensor(storage: storage, shape: sizes, dtype: dtype)
    return value.recorded(from: self) { [self] upstream, flow in flow.send(upstream.reshaped(shape), to: self) }
  }

  /// The tensor with its axes in another order: result axis i is axis `axes[i]` of this one.
  package func transposed(axes: [Int]) -> Tensor {
    precondition(axes.sorted() == Array(0..<rank), "transpose: \(axes) does not order the axes of \(shape)")
    if axes == Array(0..<rank) { return self }
    var steps = Array(repeating: 1, count: rank)
    for index in (0..<(rank - 1)).reversed() { steps[index] = steps[index + 1] * shape[index + 1] }
    let sizes = axes.map { shape[$0] }
    let (flatSizes, flatSteps) = Tensor.merge(sizes, axes.map { steps[$0] })
    let value = Tensor(shape: sizes, dtype: dtype) { out in
      Compute.loops.permute(dtype, x: pointer, out: out, sizes: flatSizes, strides: flatSteps)
    }
    let inverse = axes.indices.sorted { axes[$0] < axes[$1] }
    return value.recorded(from: self) { [self] upstream, flow in
      flow.send(upstream.transposed(axes: inverse), to: self)
    }
  }

  /// Joins neighbouring axes that are walked in one stride.
  private static func merge(_ sizes: [Int], _ steps: [Int]) -> ([Int], [Int]) {
    var merged: [(size: Int, step: Int)] = []
    for (size, step) in zip(sizes, steps) where size != 1 {
      if let last = merged.last, last.step == step * size {
        merged[merged.count - 1] = (last.size * size, step)
      } else {
        merged.append((size, step))
      }
    }
    if merged.isEmpty { merged = [(1, 1)] }
    return (merged.map(\.size), merged.map(\.step))
  }

  /// Elements [from, to) along one axis.
  package func slice(axis: Int, from: Int, to: Int) -> Tensor {
    let axis = axis < 0 ? axis + rank : axis
    precondition(
      0 <= from && from <= to && to <= shape[axis], "slice: [\(from), \(to)) is not inside axis \(axis) of \(shape)")
    if from == 0, to == shape[axis] { return self }
    var sizes = shape
    sizes[axis] = to - from
    let value = Tensor(shape: sizes, dtype: dtype) { out in
      copyBlocks(
        from: pointer, size: shape[axis], at: from, into: out, size: to - from, at: 0, length: to - from, axis: axis)
    }
    let after = shape[axis] - to
    return value.recorded(from: self) { [self] upstream, flow in
      flow.send(upstream.padded(axis: axis, before: from, after: after), to: self)
    }
  }

  /// Zeros added before and after along one axis.
  package func padded(axis: Int, before: Int, after: Int) -> Tensor {
    let axis = axis < 0 ? axis + rank : axis
    if before == 0, after == 0 { return self }
    let length = shape[axis]
    var sizes = shape
    sizes[axis] = before + length + after
    let value = Tensor(shape: sizes, dtype: dtype) { out in
      out.initializeMemory(as: UInt8.self, repeating: 0, count: sizes.reduce(1, *) * dtype.byteCount)
      copyBlocks(
        from: pointer, size: length, at: 0, into: out, size: sizes[axis], at: before, length: length, axis: axis)
    }
    return value.recorded(from: self) { [self] upstream, flow in
      flow.send(upstream.slice(axis: axis, from: before, to: before + length), to: self)
    }
  }

  /// Joins tensors along one axis; the other sizes agree.
  package static func concatenate(_ parts: [Tensor], axis: Int) -> Tensor {
    guard let first = parts.first else { preconditionFailure("concatenate: nothing to join") }
    if parts.count == 1 { return first }
    let axis = axis < 0 ? axis + first.rank : axis
    var sizes = first.shape
    sizes[axis] = parts.reduce(0) { $0 + $1.shape[axis] }
    for part in parts {
      var expected = sizes
      expected[axis] = part.shape[axis]
      precondition(
        part.shape == expected && part.dtype == first.dtype,
        "concatenate along \(axis): \(first.shape) and \(part.shape)")
    }
    let value = Tensor(shape: sizes, dtype: first.dtype) { out in
      var at = 0
      for part in parts {
        let length = part.shape[axis]
        part.copyBlocks(
          from: part.pointer, size: length, at: 0, into: out, size: sizes[axis], at: at, length: length, axis: axis)
        at += length
      }
    }
    return value.recorded(fromAll: parts) { upstream, flow in
      var at = 0
      for part in parts {
        let from = at
        at += part.shape[axis]
        flow.send(upstream.slice(axis: axis, from: from, to: from + part.shape[axis]), to: part)
      }
    }
  }

  /// Each element along the axis repeated `count` times in place (PyTorch's repeat_interleave).
  package func repeated(_ count: Int, axis: Int) -> Tensor {
    let axis = axis < 0 ? axis + rank : axis
    if count == 1 { return self }
    var narrow = shape
    narrow.insert(1, at: axis + 1)
    var wide = narrow
    wide[axis + 1] = count
    var flat = shape
    flat[axis] *= count
    return reshaped(narrow).expanded(to: wide).reshaped(flat)
  }

  /// The rows named by `indices` along axis 0, in their order; indices may repeat.
  package func rows(_ indices: [Int]) -> Tensor {
    let width = shape.dropFirst().reduce(1, *)
    let bytes = width * dtype.byteCount
    for index in indices { precondition(0 <= index && index < shape[0], "rows: \(index) is not a row of \(shape)") }
    let value = Tensor(shape: [indices.count] + shape.dropFirst(), dtype: dtype) { out in
      Compute.loops.gatherRows(x: pointer, out: out, indices: indices, bytes: bytes)
    }
    return value.recorded(from: self) { [self] upstream, flow in
      flow.send(upstream.cast(to: .float32).scattered(indices, rows: shape[0]).reshaped(shape), to: self)
    }
  }

  /// Adds row i of this float32 tensor to row `indices[i]` of zeros: the pullback of `rows`.
  private func scattered(_ indices: [Int], rows: Int) -> Tensor {
    let width = shape.dropFirst().reduce(1, *)
    return Tensor(shape: [rows, width]) { out in
      Compute.loops.scatterRows(
        x: float32Pointer, out: out.assumingMemoryBound(to: Float.self), indices: indices, rows: rows, width: width)
    }
  }

  /// Copies `length` entries along `axis` between two buffers that differ only in their size along it.
  private func copyBlocks(
    from source: UnsafeRawPointer, size sourceSize: Int, at sourceStart: Int, into target: UnsafeMutableRawPointer,
    size targetSize: Int, at targetStart: Int, length: Int, axis: Int
  ) {
    let inner = shape[(axis + 1)...].reduce(1, *) * dtype.byteCount
    let outer = shape[..<axis].reduce(1, *)
    let bytes = length * inner
    Compute.loops.copyBlocks(
      x: source + sourceStart * inner, stride: sourceSize * inner, out: target + targetStart * inner,
      outStride: targetSize * inner, count: outer, bytes: bytes)
  }
}
