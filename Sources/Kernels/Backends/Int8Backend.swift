import NegativeSpaceCKernels

/// Products with constant weights in 8-bit integers, everything else in the backend that it stands before.
///
/// Each row of the input and each output's weights are rounded to 255 steps of their own size: about 1 % off a
/// product's result, in half of bfloat16's memory and time. Gradients are those of the other backend.
package struct Int8Backend: ComputeBackend {
  private let base: any ComputeBackend

  package init(_ base: any ComputeBackend) { self.base = base }

  package var name: String { base.name + " and 8-bit products" }
  package var hasNativeBFloat16: Bool { base.hasNativeBFloat16 }
  package var loops: any LoopBackend { base.loops }
  /// Whether the processor has instructions for these products; without, results are the same, and slow.
  package static var isNative: Bool { ns_int8_is_fast() != 0 }

  package func matmul(
    _ shape: MatmulShape, a: UnsafeRawPointer, b: WeightOperand, bias: UnsafePointer<Float>?,
    c: UnsafeMutableRawPointer
  ) {
    guard case .constant(let weights) = b, shape.isLinearLayer else {
      return base.matmul(shape, a: a, b: b, bias: bias, c: c)
    }
    let (n, k, type) = (Int64(shape.n), Int64(shape.k), shape.dtype.code)
    let packed = weights.packed.copy(Self.layout, byteCount: Int(ns_int8_packed_bytes(n, k))) { target in
      weights.lend { ns_int8_pack(type, target, $0, n, k) }
    }
    let operands = Operands(a: a, b: packed, bias: bias, c: c)
    let element = shape.dtype.byteCount
    let pieces = max(Threads.count, shape.m / Self.mostRows)
    parallel(pieces) { range in
      for piece in range {
        let rows = shape.m * piece / pieces..<shape.m * (piece + 1) / pieces
        let bytes = Buffer(rows.count * Int(ns_int8_row_bytes(k)))
        let scales = Buffer(rows.count * 4)
        let (q, s) = (
          bytes.pointer.assumingMemoryBound(to: UInt8.self), scales.pointer.assumingMemoryBound(to: Float.self)
        )
        ns_int8_quantize(type, q, s, operands.a + rows.lowerBound * shape.k * element, Int64(rows.count), k)
        ns_int8_product(
          type, operands.c + rows.lowerBound * shape.n * element, q, s, operands.b, operands.bias,
          Int64(rows.count), n, k)
      }
    }
  }

  package func convolution(
    _ shape: ConvolutionShape, x: UnsafeRawPointer, weights: WeightOperand, bias: UnsafePointer<Float>?,
    out: UnsafeMutableRawPointer
  ) { base.convolution(shape, x: x, weights: weights, bias: bias, out: out) }

  package func convolutionInputGradient(
    _ shape: ConvolutionShape, upstream: UnsafeRawPointer, weights: UnsafeRawPointer, dx: UnsafeMutableRawPointer
  ) { base.convolutionInputGradient(shape, upstream: upstream, weights: weights, dx: dx) }

  package func convolutionWeightGradient(
    _ shape: ConvolutionShape, x: UnsafeRawPointer, upstream: UnsafeRawPointer, dw: UnsafeMutablePointer<Float>
  ) { base.convolutionWeightGradient(shape, x: x, upstream: upstream, dw: dw) }

  /// Key of this layout among the copies of weights.
  private static let layout: UInt64 = 0x696E_7438
  /// Rows of a piece: enough for many products a weight that is read, few enough to stay in the cache.
  private static let mostRows = 96
}

extension MatmulShape {
  /// Rows times weights, and enough of them to be worth their rounding.
  fileprivate var isLinearLayer: Bool {
    packsWeights && batch0 * batch1 == 1 && m >= 8 && n >= 16 && k >= 16 && dtype == resultType && a.row == k
      && a.column == 1 && c.row == n && c.column == 1
  }
}
