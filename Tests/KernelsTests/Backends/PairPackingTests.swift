import Testing

@testable import NegativeSpaceKernels

/// The way back in bfloat16, for which weights are packed at every call, is what the other backend makes of the same
/// numbers.
@Suite(.oneDNNKnowsBFloat16) struct PairPackingTests {
  /// Whole blocks of channels and what is left of one, odd numbers of them, kernels of one tap and of several, uneven
  /// padding.
  private static let convolutions = [(64, 64), (40, 56), (96, 33), (17, 128), (320, 48)].flatMap { i, o in
    [(3, 3, Padding(1)), (1, 1, Padding(0)), (3, 1, Padding(top: 2, bottom: 0, left: 0, right: 0))].map {
      kh, kw, padding in
      ConvolutionShape(
        n: 2, h: 11, w: 14, i: i, o: o, kh: kh, kw: kw, stride: (1, 1), padding: padding, dtype: .bfloat16)
    }
  }

  @Test(arguments: convolutions, [1, 2]) func `a convolution's input gradient`(_ shape: ConvolutionShape, threads: Int)
  {
    let upstream = rounded(noise(shape.n * shape.outputHeight * shape.outputWidth * shape.o))
    let weights = rounded(noise(shape.o * shape.i * shape.kh * shape.kw))
    func result(_ backend: any ComputeBackend) -> [Float] {
      widened(shape.n * shape.h * shape.w * shape.i) {
        backend.convolutionInputGradient(shape, upstream: upstream, weights: weights, dx: $0)
      }
    }
    Threads.$limit.withValue(threads) {
      let distance = relativeDistance(result(OneDNNBackend.shared), result(OpenBLASBackend()))
      // Both are rounded at their end.
      #expect(distance < 2e-3)
    }
  }

  @Test(arguments: [(77, 320, 768), (33, 1280, 255), (64, 500, 320), (16, 4097, 96)], [1, 2])
  func `a product with a large matrix, either way round`(_ size: (m: Int, n: Int, k: Int), threads: Int) {
    let (m, n, k) = size
    let (a, b) = (rounded(noise(m * k)), rounded(noise(k * n)))
    for strides in [Strides4(0, 0, n, 1), Strides4(0, 0, 1, k)] {
      let shape = MatmulShape(
        m: m, n: n, k: k, a: Strides4(0, 0, k, 1), b: strides, c: Strides4(0, 0, n, 1), dtype: .bfloat16,
        resultType: .float32)
      func result(_ backend: any ComputeBackend) -> [Float] {
        b.withUnsafeBytes { b in
          filled(m * n) { backend.matmul(shape, a: a, b: .changing(b.baseAddress!), bias: nil, c: $0) }
        }
      }
      Threads.$limit.withValue(threads) {
        let distance = relativeDistance(result(OneDNNBackend.shared), result(OpenBLASBackend()))
        #expect(distance < 1e-5)
      }
    }
  }
}
