import Testing

@testable import NegativeSpaceKernels

/// Convolutions by Winograd's products give what the plain sum gives on the other backend.
@Suite struct WinogradTests {
  static let shapes = smallTiles + largeTiles

  /// Of tiles of two by two, or of two in a column.
  private static let smallTiles = [
    picture(n: 3, h: 40, w: 40, i: 16, o: 32, padding: Padding(1)),
    // Odd edges: the last tiles are halves and quarters.
    picture(n: 6, h: 21, w: 37, i: 48, o: 16, padding: Padding(1)),
    picture(n: 4, h: 33, w: 40, i: 16, o: 16, padding: Padding(top: 0, bottom: 1, left: 2, right: 0)),
    picture(n: 2, h: 64, w: 50, i: 64, o: 48, padding: Padding(0)),
    // Along time: rows are frames, an even and an odd number of them, and not as many as before.
    picture(n: 2, h: 6, w: 400, i: 48, o: 32, kw: 1, padding: Padding(top: 1, bottom: 1, left: 0, right: 0)),
    picture(n: 1, h: 5, w: 900, i: 16, o: 48, kw: 1, padding: Padding(top: 1, bottom: 1, left: 0, right: 0)),
    picture(n: 3, h: 6, w: 300, i: 16, o: 16, kw: 1, padding: Padding(top: 0, bottom: 1, left: 0, right: 0)),
  ]

  /// Of tiles of four by four, or of four in a column.
  private static let largeTiles = [
    picture(n: 2, h: 64, w: 64, i: 32, o: 48, padding: Padding(1)),
    // Last tiles of one, two and three rows or columns.
    picture(n: 1, h: 113, w: 114, i: 48, o: 16, padding: Padding(1)),
    picture(n: 7, h: 35, w: 40, i: 16, o: 16, padding: Padding(top: 0, bottom: 1, left: 2, right: 0)),
    picture(n: 2, h: 90, w: 82, i: 16, o: 32, padding: Padding(0)),
    picture(n: 2, h: 16, w: 130, i: 48, o: 32, kw: 1, padding: Padding(top: 1, bottom: 1, left: 0, right: 0)),
    picture(n: 1, h: 7, w: 600, i: 16, o: 48, kw: 1, padding: Padding(top: 1, bottom: 1, left: 0, right: 0)),
    picture(n: 3, h: 12, w: 180, i: 16, o: 16, kw: 1, padding: Padding(top: 0, bottom: 1, left: 0, right: 0)),
  ]

  private static func picture(n: Int, h: Int, w: Int, i: Int, o: Int, kw: Int = 3, padding: Padding) -> ConvolutionShape
  {
    ConvolutionShape(
      n: n, h: h, w: w, i: i, o: o, kh: 3, kw: kw, stride: (1, 1), padding: padding, dtype: .float32)
  }

  @Test func `many outputs that large tiles cover well are cut into them`() {
    func products(_ shapes: [ConvolutionShape]) -> [[Int?]] {
      shapes.map { [WinogradPlan($0)?.productCount, WinogradPlan(inputGradient: $0)?.productCount] }
    }
    #expect(products(Self.smallTiles) == Self.smallTiles.map { $0.kw == 3 ? [16, 16] : [4, 4] })
    #expect(products(Self.largeTiles) == Self.largeTiles.map { $0.kw == 3 ? [36, 36] : [6, 6] })
  }

  @Test func `many weights for few outputs are kept for small tiles`() {
    let products = [720, 736].map { channels in
      WinogradPlan(Self.picture(n: 2, h: 64, w: 64, i: channels, o: channels, padding: Padding(1)))?.productCount
    }
    #expect(products == [36, 16])
  }

  @Test(arguments: shapes, [1, 3])
  func `a convolution and its gradient are the same`(_ shape: ConvolutionShape, threads: Int) {
    let x = noise(shape.n * shape.h * shape.w * shape.i)
    let weights = Rented(noise(shape.o * shape.i * 3 * shape.kw))
    let upstream = noise(shape.n * shape.outputHeight * shape.outputWidth * shape.o)
    let bias = noise(shape.o)
    func results(_ backend: any ComputeBackend) -> [[Float]] {
      [
        filled(upstream.count) { backend.convolution(shape, x: x, weights: .constant(weights), bias: bias, out: $0) },
        filled(upstream.count) { backend.convolution(shape, x: x, weights: .constant(weights), bias: nil, out: $0) },
        filled(x.count) {
          backend.convolutionInputGradient(shape, upstream: upstream, weights: weights.pointer, dx: $0)
        },
      ]
    }
    Threads.$limit.withValue(threads) {
      for (result, expected) in zip(results(OneDNNBackend.shared), results(OpenBLASBackend())) {
        let distance = relativeDistance(result, expected)
        #expect(distance < 2e-6)
      }
    }
  }

  @Test func `other convolutions have no plan`() {
    var shape = Self.shapes[0]
    shape.dtype = .bfloat16
    #expect(WinogradPlan(shape) == nil)
    shape = Self.shapes[0]
    shape.strideW = 2
    #expect(WinogradPlan(shape) == nil && WinogradPlan(inputGradient: shape) == nil)
    shape = Self.shapes[0]
    shape.i = 24
    #expect(WinogradPlan(shape) == nil)
    shape = Self.shapes[0]
    shape.kh = 1
    #expect(WinogradPlan(shape) == nil)
    shape = Self.shapes[0]
    shape.kw = 2
    #expect(WinogradPlan(shape) == nil)
    // Of a single frame half of each tile would be wasted.
    shape = Self.picture(
      n: 1, h: 1, w: 4096, i: 16, o: 16, kw: 1, padding: Padding(top: 1, bottom: 1, left: 0, right: 0))
    #expect(WinogradPlan(shape) == nil)
  }
}
