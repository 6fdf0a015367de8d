import CKernels

/// The sixteen products of Winograd's convolution, each over panels of its own.
struct WinogradPanels: Sendable {
  private let plan: WinogradPlan
  private let packing: PanelPacking

  init(_ plan: WinogradPlan) {
    self.plan = plan
    packing = PanelPacking(plan.product)
  }

  var byteCount: Int { 16 * packing.byteCount }
  var layout: UInt64 { packing.layout ^ WinogradPlan.layout }

  /// Transforms and packs the weights (o, i, 3, 3).
  func pack(_ weights: UnsafeRawPointer, into target: UnsafeMutableRawPointer) {
    let transformed = plan.transformed(weights)
    withExtendedLifetime(transformed) {
      for index in 0..<16 {
        packing.pack(
          transformed.pointer + index * plan.product.b.batch1 * 4, into: target + index * packing.byteCount)
      }
    }
  }

  /// The convolution of x = `operands.a` with packed weights b.
  func run(_ operands: Operands) {
    let shape = plan.product
    let product = PanelProduct(
      m: shape.m, n: shape.n, k: shape.k, resultStride: shape.n, weightType: .float32, resultType: .float32)
    plan.run(operands) { inputs, products in
      for index in 0..<16 {
        let a = inputs + index * shape.a.batch1 * 4
        product.run(
          .matrix(a, row: shape.k, column: 1, .float32),
          Operands(
            a: a, b: operands.b + index * packing.byteCount, bias: nil, c: products + index * shape.c.batch1 * 4))
      }
    }
  }
}
