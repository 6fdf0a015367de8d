import NegativeSpaceKernels

extension Tensor {
  /// Matrix products over the last two axes; leading (batch) axes are equal.
  ///
  /// - Parameters:
  ///   - transposeA: read this tensor's matrices as (k, m).
  ///   - transposeB: read `b`'s matrices as (n, k).
  /// - Returns: (…, m, n).
  package func matmul(_ b: Tensor, transposeA: Bool = false, transposeB: Bool = false) -> Tensor {
    let value = product(b, transposeA, transposeB, result: dtype)
    return value.recorded(from: self, b) { [self] upstream, flow in
      let dy = upstream.cast(to: dtype)
      flow.send(
        transposeA
          ? b.detached.product(dy, transposeB, true, result: dtype)
          : dy.product(b.detached, false, !transposeB, result: dtype), to: self)
      flow.send(
        transposeB
          ? dy.product(detached, true, transposeA, result: dtype)
          : detached.product(dy, !transposeA, false, result: dtype), to: b)
    }
  }

  private func product(_ b: Tensor, _ transposeA: Bool, _ transposeB: Bool, result: DataType) -> Tensor {
    let (rowsA, columnsA) = (size(-2), size(-1))
    let (rowsB, columnsB) = (b.size(-2), b.size(-1))
    let (m, k) = transposeA ? (columnsA, rowsA) : (rowsA, columnsA)
    let (k2, n) = transposeB ? (columnsB, rowsB) : (rowsB, columnsB)
    precondition(k == k2, "matmul: \(shape) × \(b.shape): inner sizes \(k) and \(k2) differ")
    precondition(shape.dropLast(2) == b.shape.dropLast(2), "matmul: batch axes of \(shape) and \(b.shape) differ")
    precondition(dtype == b.dtype, "matmul: \(dtype) and \(b.dtype) do not mix")
    let batch = shape.dropLast(2).reduce(1, *)
    let product = MatmulShape(
      batch: (1, batch), m: m, n: n, k: k,
      a: transposeA ? Strides4(batch * m * k, m * k, 1, m) : Strides4(batch * m * k, m * k, k, 1),
      b: transposeB ? Strides4(batch * n * k, n * k, 1, k) : Strides4(batch * n * k, n * k, n, 1),
      c: Strides4(batch * m * n, m * n, n, 1), dtype: dtype, resultType: result)
    WorkTally.add(product.flops)
    return Tensor(shape: shape.dropLast(2) + [m, n], dtype: result) { out in
      b.storage.lend { Compute.backend.matmul(product, a: pointer, b: .changing($0), bias: nil, c: out) }
    }
  }

  /// x · Wᵀ + b over the last axis: PyTorch's `nn.Linear`.
  ///
  /// - Parameters:
  ///   - weight: (out, in), in this tensor's type. A weight that needs no gradient is packed once and kept so.
  ///   - bias: (out), float32.
  package func linear(_ weight: Tensor, _ bias: Tensor? = nil) -> Tensor {
    let (n, k) = (weight.size(0), weight.size(1))
    precondition(weight.rank == 2 && size(-1) == k, "linear: \(shape) and a weight of \(weight.shape)")
    precondition(weight.dtype == dtype, "linear: \(dtype) input and \(weight.dtype) weight do not mix")
    let m = count / max(1, k)
    let product = MatmulShape(
      m: m, n: n, k: k, a: Strides4(m * k, m * k, k, 1), b: Strides4(n * k, n * k, 1, k),
      c: Strides4(m * n, m * n, n, 1),
      dtype: dtype, resultType: dtype, hasBias: bias != nil, packsWeights: !weight.needsGradient)
    WorkTally.add(product.flops)
    let value = Tensor(shape: shape.dropLast() + [n], dtype: dtype) { out in
      Compute.backend.matmul(
        product, a: pointer, b: weight.operand, bias: bias.map { UnsafePointer($0.float32Pointer) }, c: out)
    }
    return value.recorded(fromAll: [self, weight] + (bias.map { [$0] } ?? [])) { [self] upstream, flow in
      let dy = upstream.cast(to: dtype).reshaped([m, n])
      flow.send(dy.product(weight.detached, false, false, result: dtype).reshaped(shape), to: self)
      flow.send(dy.product(detached.reshaped([m, k]), true, false, result: .float32), to: weight)
      if let bias { flow.send(dy.columnSums(), to: bias) }
    }
  }

  /// The sum over all axes but the last, float32: a bias's gradient.
  func columnSums() -> Tensor {
    let wide = reshaped([-1, size(-1)])
    return wide.dtype == .float32 ? wide.sum(axes: [0]) : wide.wideColumnSums()
  }

  private func wideColumnSums() -> Tensor {
    let (rows, width) = (size(0), size(1))
    return Tensor(shape: [width]) { out in
      Compute.loops.columnSums(
        dtype, x: pointer, out: out.assumingMemoryBound(to: Float.self), blocks: 1, rows: rows, width: width)
    }
  }

  /// The elements of a float32 tensor.
  var float32Pointer: UnsafeMutablePointer<Float> {
    precondition(dtype == .float32, "float32 is wanted here, this \(shape) is \(dtype)")
    return pointer.assumingMemoryBound(to: Float.self)
  }
}
