import NegativeSpaceCKernels

/// The products of Winograd's convolution, each over panels of its own.
struct WinogradPanels: Sendable {
  private let plan: WinogradPlan
  private let packing: PanelPacking

  /// - Parameter isNarrow: whether transformed weights are stored in two bytes, as float16.
  init(_ plan: WinogradPlan, isNarrow: Bool) {
    self.plan = plan
    packing = PanelPacking(plan.product, element: isNarrow ? .float16 : .float32)
  }

  var byteCount: Int { plan.productCount * packing.byteCount }
  var layout: UInt64 { packing.layout ^ plan.layout }

  /// Transforms and packs the weights (o, i, 3, 3) or (o, i, 3, 1).
  func pack(_ weights: UnsafeRawPointer, into target: UnsafeMutableRawPointer) {
    let transformed = plan.transformed(weights)
    let count = plan.product.n * plan.product.k
    let narrow = packing.element == .float16 ? Buffer(count * 2) : nil
    withExtendedLifetime((transformed, narrow)) {
      for index in 0..<plan.productCount {
        let matrix = transformed.pointer.assumingMemoryBound(to: Float.self) + index * count
        if let narrow {
          ns_to_float16(narrow.pointer.assumingMemoryBound(to: UInt16.self), matrix, Int64(count))
        }
        packing.pack(narrow?.pointer ?? UnsafeMutableRawPointer(matrix), into: target + index * packing.byteCount)
      }
    }
  }

  /// The convolution of x = `operands.a` with packed weights b.
  func run(_ operands: Operands) {
    let shape = plan.product
    let product = PanelProduct(
      m: shape.m, n: shape.n, k: shape.k, resultStride: shape.n, element: packing.element, resultType: .float32)
    plan.run(operands) { inputs, products in
      for index in 0..<plan.productCount {
        let a = inputs + index * shape.a.batch1 * 4
        product.run(
          .matrix(a, row: shape.k, column: 1, .float32),
          Operands(
            a: a, b: operands.b + index * packing.byteCount, bias: nil, c: products + index * shape.c.batch1 * 4))
      }
    }
  }
}
