import NegativeSpaceCKernels

/// Weights laid out as [block of outputs][tap][pair of inputs][output of the block][2] of bfloat16, by a loop several
/// times as fast as oneDNN's: the way back packs at every call.
struct PairPacking: Sendable {
  private let packing: ns_weight_packing

  /// Of the weights (o, i, kh, kw) of `shape`, turned round for the convolution that is its gradient if `isReversed`.
  init(_ shape: ConvolutionShape, block: Int, inputs: Int, isReversed: Bool) {
    let taps = shape.kh * shape.kw
    let (o, i) = (Int64(shape.o), Int64(shape.i))
    let (toOutput, toInput) = (i * Int64(taps), Int64(taps))
    packing = ns_weight_packing(
      outputs: isReversed ? i : o, inputs: isReversed ? o : i, taps: Int64(taps),
      output_stride: isReversed ? toInput : toOutput, input_stride: isReversed ? toOutput : toInput,
      block: Int64(block), padded_inputs: Int64(inputs), reversed: isReversed ? 1 : 0)
  }

  /// Of the weights of `shape` for a primitive of its gradient's; nil where that wants another layout.
  init?(_ primitive: Primitive, gradientOf shape: ConvolutionShape) {
    guard let (block, inputs) = primitive.pairLayout else { return nil }
    self.init(shape, block: block, inputs: inputs, isReversed: true)
  }

  /// Of b (k, n) of a product; nil where the primitive wants another layout.
  init?(_ primitive: Primitive, _ shape: MatmulShape) {
    guard let (block, inputs) = primitive.pairLayout else { return nil }
    packing = ns_weight_packing(
      outputs: Int64(shape.n), inputs: Int64(shape.k), taps: 1, output_stride: Int64(shape.b.column),
      input_stride: Int64(shape.b.row), block: Int64(block), padded_inputs: Int64(inputs), reversed: 0)
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
