import CKernels
import COneDNN

/// Weights laid out for one call by a loop of our own, several times as fast as oneDNN's: the way back packs at every call.
///
/// For the layouts in which bfloat16 is multiplied in pairs; on processors with others, oneDNN does it.
struct PairPacking: @unchecked Sendable {
  private let packing: ns_pair_packing

  /// Of the weights (o, i, kh, kw) of `shape`, turned round for the convolution that is its gradient; nil for other layouts.
  init?(_ primitive: Primitive, gradientOf shape: ConvolutionShape) {
    let taps = shape.kh * shape.kw
    self.init(
      primitive, outputs: shape.i, inputs: shape.o, taps: taps, outputStride: taps, inputStride: shape.i * taps,
      isReversed: true)
  }

  /// Of b (k, n) of a product; nil for other layouts.
  init?(_ primitive: Primitive, _ shape: MatmulShape) {
    self.init(
      primitive, outputs: shape.n, inputs: shape.k, taps: 1, outputStride: shape.b.column, inputStride: shape.b.row,
      isReversed: false)
  }

  private init?(
    _ primitive: Primitive, outputs: Int, inputs: Int, taps: Int, outputStride: Int, inputStride: Int, isReversed: Bool
  ) {
    let block = ns_pair_block(primitive.handle)
    guard block > 0 else { return nil }
    packing = ns_pair_packing(
      outputs: Int64(outputs), inputs: Int64(inputs), taps: Int64(taps), output_stride: Int64(outputStride),
      input_stride: Int64(inputStride), block: block, padded_inputs: ns_pair_inputs(primitive.handle),
      reversed: isReversed ? 1 : 0)
  }

  func pack(_ plain: UnsafeRawPointer, into target: UnsafeMutableRawPointer) {
    let operands = Operands(a: plain, b: plain, bias: nil, c: target)
    parallel(Int(packing.padded_inputs) / 2, grain: 16) { pairs in
      withUnsafePointer(to: packing) {
        ns_pack_pairs(
          $0, operands.c.assumingMemoryBound(to: UInt16.self), operands.a.assumingMemoryBound(to: UInt16.self),
          Int64(pairs.lowerBound), Int64(pairs.upperBound))
      }
    }
  }
}
