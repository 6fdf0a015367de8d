import NegativeSpaceCKernels

/// A convolution to small pictures as a product: windows laid out as rows, the weights as one matrix.
///
/// oneDNN's convolution goes along one row of outputs at a time and reads all weights for each picture: with rows of
/// four or eight pixels that takes up to twice as long as a product of as many multiplications.
struct LoweredConvolution: Sendable {
  /// Outputs of all pictures, counted along rows, then down, then over the pictures.
  let pieces: [Range<Int>]
  private let windows: ns_lowering
  private let outputs: Int
  private let k: Int

  /// nil where oneDNN's own is as fast, or where the layout of the weights would have gaps.
  init?(_ shape: ConvolutionShape) {
    guard shape.dtype == .bfloat16, shape.kh * shape.kw > 1, shape.outputWidth <= Self.mostWidth, shape.i % 32 == 0,
      shape.o % Self.block == 0, shape.i * shape.o >= 1 << 16
    else { return nil }
    windows = shape.windows
    outputs = shape.o
    k = shape.kh * shape.kw * shape.i
    let rows = shape.n * shape.outputHeight * shape.outputWidth
    guard rows >= Self.fewestRows * Threads.count else { return nil }
    let rounds = (rows + Self.mostRows * Threads.count - 1) / (Self.mostRows * Threads.count)
    pieces = ranges(rows, rounds * Threads.count)
  }

  private static let mostWidth = 8
  /// Of outputs that lie side by side in the weights.
  private static let block = 64
  /// Of a piece: enough to multiply each weight often, few enough for the cache.
  private static let fewestRows = 128
  private static let mostRows = 256

  func product(_ piece: Range<Int>, hasBias: Bool) -> MatmulShape {
    MatmulShape(
      m: piece.count, n: outputs, k: k, a: Strides4(0, 0, k, 1), b: Strides4(0, 0, 1, k),
      c: Strides4(0, 0, outputs, 1), dtype: .bfloat16, resultType: .bfloat16, hasBias: hasBias, packsWeights: true)
  }

  /// Bytes of the weights as [block of outputs][tap][pair of inputs][output of the block][2], as all pieces read them.
  var packedBytes: Int { outputs * k * 2 }
  /// Key of this layout among the copies of weights.
  static let layout: UInt64 = 0x6C6F_7765_7265_6421

  /// Packs the weights (o, i, kh, kw) of `shape`, or those of the convolution that this one is the gradient of.
  func pack(
    _ weights: UnsafeRawPointer, of shape: ConvolutionShape, isReversed: Bool, into target: UnsafeMutableRawPointer
  ) {
    PairPacking(shape, block: Self.block, inputs: Int(windows.channels), isReversed: isReversed)
      .pack(weights, into: target)
  }

  /// True if `primitive` reads weights in this layout.
  func fits(_ primitive: Primitive) -> Bool {
    let layout = primitive.pairLayout
    return layout?.block == Self.block && layout?.inputs == k
  }

  /// (rows of the piece, k) of the pictures `x`.
  func lower(_ x: UnsafeRawPointer, _ piece: Range<Int>, into target: UnsafeMutableRawPointer) {
    withUnsafePointer(to: windows) {
      ns_lower($0, 2, target, x, Int64(piece.lowerBound), Int64(piece.count))
    }
  }

  /// Offset of a piece's first result, in bytes.
  func result(_ piece: Range<Int>) -> Int { piece.lowerBound * outputs * 2 }

  func rowBytes(_ piece: Range<Int>) -> Int { piece.count * k * 2 }
}
