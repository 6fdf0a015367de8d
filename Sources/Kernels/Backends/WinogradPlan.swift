import NegativeSpaceCKernels

/// A convolution as products of matrices over tiles of its output, Winograd's F(m×m, 3×3) for 3×3 kernels and his F(m,
/// 3) for 3×1 kernels: (m + 2)² or m + 2 products over m×m or m×1 outputs.
///
/// Tiles of m = 2 take 2.25 and 1.5 times fewer multiplications, of m = 4 4 and 2 times, in exchange for (m + 2)² / 9
/// and (m + 2) / 3 of the weights' memory and transformations of all inputs and outputs, at an accuracy like that of
/// the plain sum. The products are float32: rounded to bfloat16 the transformed inputs would lose too much.
struct WinogradPlan {
  private let tiles: ns_winograd
  private let tileCount: Int
  let productCount: Int
  /// Tiles of a piece.
  let rows: Int
  /// Whether the weights are those of the convolution that this one is the gradient of.
  private let isReversed: Bool
  /// Element type of pictures and weights.
  private let type: DataType

  /// nil where the plain sum is as fast or the weights would take too much memory.
  ///
  /// - Parameter widens: whether bfloat16 pictures are computed with in float32; without, they have no plan.
  init?(_ shape: ConvolutionShape, isReversed: Bool = false, widens: Bool = false) {
    guard shape.dtype == .float32 || widens, shape.kh == 3, shape.kw == 3 || shape.kw == 1, shape.strideH == 1,
      shape.strideW == 1, shape.i % 16 == 0, shape.o % 16 == 0,
      shape.n * shape.outputHeight * shape.outputWidth >= Self.fewestOutputs, let grid = TileGrid.best(shape)
    else { return nil }
    tileCount = grid.tileCount
    productCount = grid.productCount
    tiles = ns_winograd(
      n: Int64(shape.n), h: Int64(shape.h), w: Int64(shape.w), ci: Int64(shape.i), oh: Int64(shape.outputHeight),
      ow: Int64(shape.outputWidth), co: Int64(shape.o), top: Int64(shape.padding.top), left: Int64(shape.padding.left),
      kw: Int32(shape.kw), m: Int32(grid.side))
    self.isReversed = isReversed
    type = shape.dtype
    // Equal pieces, several a thread, of up to `mostRows`.
    let pieces = max(Threads.count, (tileCount + Self.mostRows - 1) / Self.mostRows)
    rows = (tileCount + pieces - 1) / pieces
  }

  private static let mostRows = 128
  /// Of fewer, transforming the weights costs more than it saves, which gradients do at every call.
  private static let fewestOutputs = 1024

  private var pieceCount: Int { (tileCount + rows - 1) / rows }

  /// The plan of the gradient with respect to the input: a convolution of the output's gradient with the kernels
  /// reversed.
  init?(inputGradient shape: ConvolutionShape, widens: Bool = false) {
    guard let gradient = shape.inputGradient else { return nil }
    self.init(gradient, isReversed: true, widens: widens)
  }

  /// Key of the transformed weights among the copies of weights.
  var layout: UInt64 { 0x7769_6E6F_6772_6164 ^ UInt64(tiles.m) << 56 }

  /// The products of one piece.
  var product: MatmulShape {
    let (ci, co) = (Int(tiles.ci), Int(tiles.co))
    return MatmulShape(
      batch: (1, productCount), m: rows, n: co, k: ci, a: Strides4(productCount * rows * ci, rows * ci, ci, 1),
      b: Strides4(productCount * ci * co, ci * co, co, 1), c: Strides4(productCount * rows * co, rows * co, co, 1),
      dtype: .float32, resultType: .float32, packsWeights: true)
  }

  /// Weights (co, ci, 3, kw), reversed ones (ci, co, 3, kw), transformed to (`productCount`, ci, co) in float32.
  func transformed(_ weights: UnsafeRawPointer) -> Buffer {
    // Those of constant weights are made once: as large as they are, they would not be used again.
    let transformed = Buffer(productCount * Int(tiles.ci * tiles.co) * 4, isLasting: !isReversed)
    let plain = Widened(weights, count: 3 * Int(tiles.kw) * Int(tiles.ci * tiles.co), type: type)
    defer { withExtendedLifetime(plain) {} }
    let operands = Operands(a: plain.pointer, b: weights, bias: nil, c: transformed.pointer)
    parallel(Int(tiles.co) / 16) { blocks in
      withUnsafePointer(to: tiles) { tiles in
        ns_winograd_weights(
          tiles, operands.c.assumingMemoryBound(to: Float.self), operands.a.assumingMemoryBound(to: Float.self),
          isReversed ? 1 : 0, Int64(16 * blocks.lowerBound), Int64(16 * blocks.upperBound))
      }
    }
    return transformed
  }

  /// The convolution of x = `operands.a`.
  ///
  /// - Parameter multiply: makes a piece's `product` of its inputs, with the weights that it knows.
  func run(
    _ operands: Operands, multiply: @Sendable (_ inputs: UnsafeRawPointer, _ products: UnsafeMutableRawPointer) -> Void
  ) {
    parallel(pieceCount) { range in
      let inputs = Buffer(productCount * rows * product.k * 4)
      let products = Buffer(productCount * rows * product.n * 4)
      for piece in range {
        transformInput(operands.a, piece, into: inputs.pointer)
        multiply(inputs.pointer, products.pointer)
        transformOutput(products.pointer, bias: operands.bias, piece, into: operands.c)
      }
    }
  }

  /// (`productCount`, rows, ci) of a piece's tiles.
  private func transformInput(_ x: UnsafeRawPointer, _ piece: Int, into target: UnsafeMutableRawPointer) {
    withUnsafePointer(to: tiles) { tiles in
      ns_winograd_input(
        tiles, type.code, target.assumingMemoryBound(to: Float.self), x, Int64(piece * rows), Int64(count(piece)),
        Int64(rows))
    }
  }

  /// The piece's part of the output from its products (`productCount`, rows, co).
  private func transformOutput(
    _ products: UnsafeRawPointer, bias: UnsafePointer<Float>?, _ piece: Int, into out: UnsafeMutableRawPointer
  ) {
    withUnsafePointer(to: tiles) { tiles in
      ns_winograd_output(
        tiles, type.code, out, products.assumingMemoryBound(to: Float.self), bias,
        Int64(piece * rows), Int64(count(piece)), Int64(rows))
    }
  }

  private func count(_ piece: Int) -> Int { min(rows, tileCount - piece * rows) }
}

/// The output of a convolution, cut into tiles of `side`×`side` pixels, or of `side`×1 for kernels of one column.
private struct TileGrid {
  let side: Int
  let tileCount: Int
  let productCount: Int

  init(_ shape: ConvolutionShape, side: Int) {
    self.side = side
    let down = (shape.outputHeight + side - 1) / side
    let isSquare = shape.kw == 3
    tileCount = shape.n * down * (isSquare ? (shape.outputWidth + side - 1) / side : shape.outputWidth)
    productCount = isSquare ? (side + 2) * (side + 2) : side + 2
  }

  private var multiplications: Int { tileCount * productCount }

  /// The one with the fewest multiplications, nil if that is the plain sum: tiles at the edge, as all of a single frame
  /// are, may waste what the others save.
  static func best(_ shape: ConvolutionShape) -> TileGrid? {
    let plain = shape.n * shape.outputHeight * shape.outputWidth * 3 * shape.kw
    let (small, large) = (TileGrid(shape, side: 2), TileGrid(shape, side: 4))
    // With few tiles, or few to a weight, what is saved is not worth 9/4 of the memory that the small ones' weights
    // take.
    if large.tileCount >= fewestLargeTiles, shape.i * shape.o <= mostWeightsPerTile * large.tileCount,
      large.multiplications < min(plain, small.multiplications)
    {
      return large
    }
    return small.multiplications < plain ? small : nil
  }

  private static let fewestLargeTiles = 512
  /// Input times output channels for each large tile.
  private static let mostWeightsPerTile = 1024
}
