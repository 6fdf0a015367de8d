import Testing

@testable import NegativeSpaceKernels

/// Work cut into pieces for several threads gives what it gives in one piece on the other backend.
@Suite struct PiecesTests {
  static let convolutions: [ConvolutionShape] = [
    picture(n: 1, h: 37, w: 40, i: 16, o: 24, kernel: (3, 3), padding: Padding(1)),
    picture(n: 2, h: 60, w: 53, i: 16, o: 16, kernel: (3, 3), stride: 2, padding: Padding(1)),
    picture(
      n: 1, h: 64, w: 48, i: 16, o: 32, kernel: (3, 3), stride: 2,
      padding: Padding(top: 0, bottom: 1, left: 0, right: 1)),
    picture(n: 3, h: 41, w: 30, i: 32, o: 48, kernel: (1, 1)),
    picture(n: 13, h: 16, w: 16, i: 32, o: 16, kernel: (3, 3), padding: Padding(1)),
    picture(n: 2, h: 24, w: 64, i: 32, o: 32, kernel: (3, 1), padding: Padding(top: 2, bottom: 0, left: 0, right: 0)),
    picture(n: 1, h: 128, w: 128, i: 3, o: 64, kernel: (8, 8), stride: 8),
    picture(n: 1, h: 66, w: 64, i: 8, o: 32, kernel: (7, 7), stride: 3, padding: Padding(3)),
    picture(n: 1, h: 65, w: 60, i: 64, o: 64, kernel: (1, 1), stride: 2),
    // Weights that are packed in parts, the last of them shorter.
    picture(n: 1, h: 16, w: 16, i: 120, o: 344, kernel: (3, 3), padding: Padding(1)),
  ]

  private static func picture(
    n: Int, h: Int, w: Int, i: Int, o: Int, kernel: (Int, Int), stride: Int = 1, padding: Padding = Padding(0)
  ) -> ConvolutionShape {
    ConvolutionShape(
      n: n, h: h, w: w, i: i, o: o, kh: kernel.0, kw: kernel.1, stride: (stride, stride), padding: padding,
      dtype: .float32)
  }

  @Test(arguments: convolutions, [1, 2, 5])
  func `a convolution is the same in pieces`(_ shape: ConvolutionShape, threads: Int) {
    let x = noise(shape.n * shape.h * shape.w * shape.i)
    let weights = noise(shape.o * shape.i * shape.kh * shape.kw)
    let upstream = noise(shape.n * shape.outputHeight * shape.outputWidth * shape.o)
    let bias = noise(shape.o)
    func run(_ backend: any ComputeBackend) -> [[Float]] {
      weights.withUnsafeBytes { bytes in results(backend, bytes.baseAddress!) }
    }
    func results(_ backend: any ComputeBackend, _ weights: UnsafeRawPointer) -> [[Float]] {
      [
        filled(upstream.count) { backend.convolution(shape, x: x, weights: .changing(weights), bias: bias, out: $0) },
        filled(x.count) {
          backend.convolutionInputGradient(shape, upstream: upstream, weights: weights, dx: $0)
        },
        filled(shape.o * shape.i * shape.kh * shape.kw) {
          backend.convolutionWeightGradient(
            shape, x: x, upstream: upstream, dw: $0.assumingMemoryBound(to: Float.self))
        },
      ]
    }
    Threads.$limit.withValue(threads) {
      for (result, expected) in zip(run(OneDNNBackend.shared), run(OpenBLASBackend())) {
        let distance = relativeDistance(result, expected)
        #expect(distance < 1e-5)
      }
    }
  }

  @Test func `a large convolution is cut into pieces at all`() {
    Threads.$limit.withValue(4) {
      for shape in Self.convolutions {
        let count = pieceCount(flops: shape.flops, weightBytes: 0)
        #expect(shape.pieces(count).count > 1)
      }
      #expect(Self.convolutions[0].inputGradientPieces(4).count == 4)
      #expect(Self.convolutions[1].inputGradientPieces(8).count == 8)
    }
  }

  static let products: [MatmulShape] = [
    // Rows
    MatmulShape(
      m: 517, n: 96, k: 65, a: Strides4(0, 0, 65, 1), b: Strides4(0, 0, 96, 1), c: Strides4(0, 0, 96, 1),
      dtype: .float32,
      resultType: .float32),
    // A weight gradient: a long sum with a small result
    MatmulShape(
      m: 24, n: 40, k: 9001, a: Strides4(0, 0, 1, 24), b: Strides4(0, 0, 40, 1), c: Strides4(0, 0, 40, 1),
      dtype: .float32,
      resultType: .float32),
    // Batches of both kinds
    MatmulShape(
      batch: (1, 9), m: 70, n: 50, k: 64, a: Strides4(0, 4480, 64, 1), b: Strides4(0, 3200, 1, 64),
      c: Strides4(0, 3500, 50, 1), dtype: .float32, resultType: .float32),
    MatmulShape(
      batch: (12, 2), m: 64, n: 32, k: 48, a: Strides4(6144, 48, 96, 1), b: Strides4(3072, 1536, 32, 1),
      c: Strides4(4096, 2048, 32, 1), dtype: .float32, resultType: .float32),
  ]

  @Test(arguments: products, [1, 2, 5]) func `a product is the same in pieces`(_ shape: MatmulShape, threads: Int) {
    let (batches, m, n, k) = (shape.batch.0 * shape.batch.1, shape.m, shape.n, shape.k)
    let a = noise(batches * m * k)
    let b = noise(batches * k * n)
    func run(_ backend: any ComputeBackend) -> [Float] {
      b.withUnsafeBytes { b in
        filled(batches * m * n) { backend.matmul(shape, a: a, b: .changing(b.baseAddress!), bias: nil, c: $0) }
      }
    }
    Threads.$limit.withValue(threads) {
      let distance = relativeDistance(run(OneDNNBackend.shared), run(OpenBLASBackend()))
      #expect(distance < 1e-5)
    }
  }

  @Test(arguments: [1, 2, 5]) func `a linear map with kept weights is the same in pieces`(threads: Int) {
    let (m, n, k) = (700, 64, 48)
    let shape = MatmulShape(
      m: m, n: n, k: k, a: Strides4(0, 0, k, 1), b: Strides4(0, 0, 1, k), c: Strides4(0, 0, n, 1), dtype: .float32,
      resultType: .float32, hasBias: true, packsWeights: true)
    let (a, b, bias) = (noise(m * k), noise(n * k), noise(n))
    let weights = Rented(b)
    Threads.$limit.withValue(threads) {
      let expected = filled(m * n) {
        OpenBLASBackend().matmul(shape, a: a, b: .constant(weights), bias: bias, c: $0)
      }
      for _ in 0..<2 {
        let result = filled(m * n) {
          OneDNNBackend.shared.matmul(shape, a: a, b: .constant(weights), bias: bias, c: $0)
        }
        let distance = relativeDistance(result, expected)
        #expect(distance < 1e-5)
      }
      #expect(weights.lent == 1)
    }
  }

  @Test(arguments: [1, 2, 3, 16]) func `a loop visits every item once`(threads: Int) {
    Threads.$limit.withValue(threads) {
      for count in [0, 1, 2, 7, 64, 1000] {
        let visits = filled(count) { bytes in
          let visits = Shared(bytes.assumingMemoryBound(to: Float.self))
          for index in 0..<count { visits.pointer[index] = 0 }
          parallel(count) { range in
            for index in range { parallel(1) { _ in visits.pointer[index] += 1 } }
          }
        }
        #expect(visits == [Float](repeating: 1, count: count))
      }
    }
  }
}

private struct Shared: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<Float>
  init(_ pointer: UnsafeMutablePointer<Float>) { self.pointer = pointer }
}
