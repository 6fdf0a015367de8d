import NegativeSpaceCKernels

/// Products over panels of weights, for processors without AVX-512: there oneDNN 2.6 re-orders the weights of a product
/// at every call and knows no bfloat16.
///
/// Arithmetic is float32 for both element types: bfloat16 halves the memory of weights and values and takes as long. So
/// do weights alone that two bytes hold exactly, as they do what is out of a file of float16.
package struct PanelBackend: ComputeBackend {
  package static let shared = PanelBackend(OneDNNBackend.shared)

  /// For the gradients that are neither convolutions nor `WindowGradient`'s.
  private let base: any ComputeBackend

  package init(_ base: any ComputeBackend) { self.base = base }

  package var name: String { "panels, " + base.name }
  package var hasNativeBFloat16: Bool { false }
  package var loops: any LoopBackend { base.loops }

  // MARK: Products

  package func matmul(
    _ shape: MatmulShape, a: UnsafeRawPointer, b: WeightOperand, bias: UnsafePointer<Float>?,
    c: UnsafeMutableRawPointer
  ) {
    precondition(shape.hasBias == (bias != nil), "a product with a bias is told so by its shape, and no other")
    precondition(shape.c.column == 1, "panels: the result must have contiguous rows")
    guard shape.batch0 * shape.batch1 > 1 else { return single(shape, a: a, b: b, bias: bias, c: c) }
    let operands = Operands(a: a, b: b.plain, bias: bias, c: c)
    parallel(shape.batch0 * shape.batch1) { range in
      for index in range {
        let (i, j) = (index / shape.batch1, index % shape.batch1)
        func offset(_ strides: Strides4, _ type: DataType) -> Int {
          (i * strides.batch0 + j * strides.batch1) * type.byteCount
        }
        single(
          shape, a: operands.a + offset(shape.a, shape.dtype),
          b: .changing(operands.b + offset(shape.b, shape.dtype)), bias: operands.bias,
          c: operands.c + offset(shape.c, shape.resultType))
      }
    }
  }

  private func single(
    _ shape: MatmulShape, a: UnsafeRawPointer, b: WeightOperand, bias: UnsafePointer<Float>?,
    c: UnsafeMutableRawPointer
  ) {
    PanelPacking(shape).lend(b) { panels, element in
      PanelProduct(
        m: shape.m, n: shape.n, k: shape.k, resultStride: shape.c.row, element: element,
        resultType: shape.resultType
      ).run(
        .matrix(a, row: shape.a.row, column: shape.a.column, shape.dtype),
        Operands(a: a, b: panels, bias: bias, c: c))
    }
  }

  // MARK: Convolutions

  package func convolution(
    _ shape: ConvolutionShape, x: UnsafeRawPointer, weights: WeightOperand, bias: UnsafePointer<Float>?,
    out: UnsafeMutableRawPointer
  ) {
    if case .constant(let bytes) = weights, let plan = WinogradPlan(shape, widens: true) {
      let panels = WinogradPanels(plan, isNarrow: shape.dtype == .bfloat16)
      let packed = bytes.packed.copy(panels.layout, byteCount: panels.byteCount) { target in
        bytes.lend { panels.pack($0, into: target) }
      }
      return panels.run(Operands(a: x, b: packed, bias: bias, c: out))
    }
    PanelPacking(shape).lend(weights) { panels, element in
      product(shape, element).run(ProductRows(x, of: shape), Operands(a: x, b: panels, bias: bias, c: out))
    }
  }

  private func product(_ shape: ConvolutionShape, _ element: PanelElement) -> PanelProduct {
    PanelProduct(
      m: shape.n * shape.outputHeight * shape.outputWidth, n: shape.o, k: shape.kh * shape.kw * shape.i,
      resultStride: shape.o, element: element, resultType: shape.dtype)
  }

  package func convolutionInputGradient(
    _ shape: ConvolutionShape, upstream: UnsafeRawPointer, weights: UnsafeRawPointer, dx: UnsafeMutableRawPointer
  ) {
    if let plan = WinogradPlan(inputGradient: shape, widens: true) {
      let panels = WinogradPanels(plan, isNarrow: false)
      let packed = Buffer(panels.byteCount)
      panels.pack(weights, into: packed.pointer)
      return withExtendedLifetime(packed) {
        panels.run(Operands(a: upstream, b: packed.pointer, bias: nil, c: dx))
      }
    }
    if let gradient = shape.inputGradient {
      return PanelPacking(shape, isReversed: true).lend(.changing(weights)) { panels, element in
        product(gradient, element).run(
          ProductRows(upstream, of: gradient), Operands(a: upstream, b: panels, bias: nil, c: dx))
      }
    }
    let dy = Widened(upstream, count: shape.outputCount, type: shape.dtype)
    let kernel = Widened(weights, count: shape.weightCount, type: shape.dtype)
    let result =
      shape.dtype == .float32
      ? Widened(dx, count: shape.inputCount, type: .float32) : Widened(empty: shape.inputCount)
    withExtendedLifetime((dy, kernel, result)) {
      base.convolutionInputGradient(
        shape.inFloat32, upstream: dy.pointer, weights: kernel.pointer, dx: result.pointer)
      result.narrow(into: dx, type: shape.dtype)
    }
  }

  package func convolutionWeightGradient(
    _ shape: ConvolutionShape, x: UnsafeRawPointer, upstream: UnsafeRawPointer, dw: UnsafeMutablePointer<Float>
  ) {
    let x = Widened(x, count: shape.inputCount, type: shape.dtype)
    let dy = Widened(upstream, count: shape.outputCount, type: shape.dtype)
    withExtendedLifetime((x, dy)) {
      if let gradient = WindowGradient(shape.inFloat32) {
        return gradient.run(Operands(a: x.pointer, b: dy.pointer, bias: nil, c: UnsafeMutableRawPointer(dw)))
      }
      base.convolutionWeightGradient(shape.inFloat32, x: x.pointer, upstream: dy.pointer, dw: dw)
    }
  }
}
