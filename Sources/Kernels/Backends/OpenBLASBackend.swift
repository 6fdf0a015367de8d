import NegativeSpaceCKernels
import NegativeSpaceCOpenBLAS

/// OpenBLAS: float32 on any processor, by im2col and sgemm; the reference that the fast backend is tested against.
///
/// bfloat16 operands are widened first, so results differ from oneDNN's only by rounding.
package struct OpenBLASBackend: ComputeBackend {
  package init() {}

  package var name: String { "OpenBLAS" }
  package var hasNativeBFloat16: Bool { false }
  package var loops: any LoopBackend { CPULoops() }

  package func matmul(
    _ shape: MatmulShape, a: UnsafeRawPointer, b: WeightOperand, bias: UnsafePointer<Float>?,
    c: UnsafeMutableRawPointer
  ) {
    let wideA = Widened(a, count: shape.extent(shape.a, rows: shape.m, columns: shape.k), type: shape.dtype)
    let wideB = Widened(b.plain, count: shape.extent(shape.b, rows: shape.k, columns: shape.n), type: shape.dtype)
    let countC = shape.extent(shape.c, rows: shape.m, columns: shape.n)
    let narrow = shape.resultType == .bfloat16
    let result = narrow ? Widened(empty: countC) : Widened(c, count: countC, type: .float32)
    for i in 0..<shape.batch.0 {
      for j in 0..<shape.batch.1 {
        let target = result.pointer + i * shape.c.batch0 + j * shape.c.batch1
        sgemm(
          shape, wideA.pointer + i * shape.a.batch0 + j * shape.a.batch1,
          wideB.pointer + i * shape.b.batch0 + j * shape.b.batch1, target)
        if let bias {
          for row in 0..<shape.m {
            for column in 0..<shape.n { target[row * shape.c.row + column * shape.c.column] += bias[column] }
          }
        }
        if narrow {
          // Only the elements this product owns are written: others may lie between its rows.
          let out = c.assumingMemoryBound(to: UInt16.self) + i * shape.c.batch0 + j * shape.c.batch1
          for row in 0..<shape.m { ns_to_bfloat16(out + row * shape.c.row, target + row * shape.c.row, Int64(shape.n)) }
        }
      }
    }
  }

  private func sgemm(
    _ s: MatmulShape, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafeMutablePointer<Float>
  ) {
    precondition(s.c.column == 1, "OpenBLAS: the result must have contiguous rows")
    let transA = s.a.column != 1
    let transB = s.b.column != 1
    cblas_sgemm(
      CblasRowMajor, transA ? CblasTrans : CblasNoTrans, transB ? CblasTrans : CblasNoTrans, Int32(s.m), Int32(s.n),
      Int32(s.k), 1, a, Int32(max(transA ? s.a.column : s.a.row, transA ? s.m : s.k)), b,
      Int32(max(transB ? s.b.column : s.b.row, transB ? s.k : s.n)), 0, c, Int32(max(s.c.row, s.n)))
  }

  package func convolution(
    _ shape: ConvolutionShape, x: UnsafeRawPointer, weights: WeightOperand, bias: UnsafePointer<Float>?,
    out: UnsafeMutableRawPointer
  ) {
    let source = Widened(x, count: shape.inputCount, type: shape.dtype)
    let kernel = Widened(weights.plain, count: shape.weightCount, type: shape.dtype)
    let result =
      shape.dtype == .float32
      ? Widened(out, count: shape.outputCount, type: .float32) : Widened(empty: shape.outputCount)
    let rows = shape.outputHeight * shape.outputWidth
    let depth = shape.i * shape.kh * shape.kw
    let columns = Widened(empty: rows * depth)
    for n in 0..<shape.n {
      im2col(shape, source.pointer + n * shape.h * shape.w * shape.i, columns.pointer)
      let target = result.pointer + n * rows * shape.o
      cblas_sgemm(
        CblasRowMajor, CblasNoTrans, CblasTrans, Int32(rows), Int32(shape.o), Int32(depth), 1, columns.pointer,
        Int32(depth), kernel.pointer, Int32(depth), 0, target, Int32(shape.o))
      if let bias {
        for row in 0..<rows { for o in 0..<shape.o { target[row * shape.o + o] += bias[o] } }
      }
    }
    result.narrow(into: out, type: shape.dtype)
  }

  package func convolutionInputGradient(
    _ shape: ConvolutionShape, upstream: UnsafeRawPointer, weights: UnsafeRawPointer, dx: UnsafeMutableRawPointer
  ) {
    let dy = Widened(upstream, count: shape.outputCount, type: shape.dtype)
    let kernel = Widened(weights, count: shape.weightCount, type: shape.dtype)
    let result = Widened(empty: shape.inputCount)
    result.pointer.update(repeating: 0, count: shape.inputCount)
    let rows = shape.outputHeight * shape.outputWidth
    let depth = shape.i * shape.kh * shape.kw
    let columns = Widened(empty: rows * depth)
    for n in 0..<shape.n {
      cblas_sgemm(
        CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(rows), Int32(depth), Int32(shape.o), 1,
        dy.pointer + n * rows * shape.o, Int32(shape.o), kernel.pointer, Int32(depth), 0, columns.pointer, Int32(depth))
      col2im(shape, columns.pointer, result.pointer + n * shape.h * shape.w * shape.i)
    }
    result.narrow(into: dx, type: shape.dtype, always: true)
  }

  package func convolutionWeightGradient(
    _ shape: ConvolutionShape, x: UnsafeRawPointer, upstream: UnsafeRawPointer, dw: UnsafeMutablePointer<Float>
  ) {
    let source = Widened(x, count: shape.inputCount, type: shape.dtype)
    let dy = Widened(upstream, count: shape.outputCount, type: shape.dtype)
    let rows = shape.outputHeight * shape.outputWidth
    let depth = shape.i * shape.kh * shape.kw
    let columns = Widened(empty: rows * depth)
    for n in 0..<shape.n {
      im2col(shape, source.pointer + n * shape.h * shape.w * shape.i, columns.pointer)
      cblas_sgemm(
        CblasRowMajor, CblasTrans, CblasNoTrans, Int32(shape.o), Int32(depth), Int32(rows), 1,
        dy.pointer + n * rows * shape.o, Int32(shape.o), columns.pointer, Int32(depth), n == 0 ? 0 : 1, dw, Int32(depth)
      )
    }
  }

  // MARK: Windows as rows

  /// Lays every window of one picture (h, w, i) out as a row ordered (i, kh, kw), the order of PyTorch's weights.
  private func im2col(_ s: ConvolutionShape, _ x: UnsafePointer<Float>, _ columns: UnsafeMutablePointer<Float>) {
    forEachTap(s) { inside, source, target in columns[target] = inside ? x[source] : 0 }
  }

  /// Adds the rows back to the pixels they were taken from.
  private func col2im(_ s: ConvolutionShape, _ columns: UnsafePointer<Float>, _ x: UnsafeMutablePointer<Float>) {
    forEachTap(s) { inside, source, target in if inside { x[source] += columns[target] } }
  }

  private func forEachTap(_ s: ConvolutionShape, _ visit: (_ inside: Bool, _ pixel: Int, _ column: Int) -> Void) {
    let depth = s.i * s.kh * s.kw
    for oy in 0..<s.outputHeight {
      for ox in 0..<s.outputWidth {
        let row = (oy * s.outputWidth + ox) * depth
        for ky in 0..<s.kh {
          for kx in 0..<s.kw {
            let y = oy * s.strideH + ky - s.padding.top
            let x = ox * s.strideW + kx - s.padding.left
            let inside = y >= 0 && y < s.h && x >= 0 && x < s.w
            for i in 0..<s.i { visit(inside, (y * s.w + x) * s.i + i, row + (i * s.kh + ky) * s.kw + kx) }
          }
        }
      }
    }
  }
}

extension MatmulShape {
  /// Elements from the first to the last one that an operand with these strides touches.
  fileprivate func extent(_ s: Strides4, rows: Int, columns: Int) -> Int {
    (batch.0 - 1) * s.batch0 + (batch.1 - 1) * s.batch1 + (rows - 1) * s.row + (columns - 1) * s.column + 1
  }
}
