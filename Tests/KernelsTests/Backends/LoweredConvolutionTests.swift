import Testing

@testable import NegativeSpaceKernels

/// Convolutions to small pictures that are computed as products of their windows, both ways.
@Suite(.oneDNNKnowsBFloat16) struct LoweredConvolutionTests {
  private static let convolutions = [
    picture(n: 40, edge: 4, i: 256, o: 256, padding: Padding(1)),
    picture(n: 9, edge: 8, i: 320, o: 256, padding: Padding(1)),
    // Outputs fewer than inputs, padded on one side, as the autoencoder's encoder has it.
    picture(n: 33, edge: 9, i: 288, o: 256, stride: 2, padding: Padding(top: 0, bottom: 1, left: 0, right: 1)),
  ]

  private static func picture(n: Int, edge: Int, i: Int, o: Int, stride: Int = 1, padding: Padding) -> ConvolutionShape
  {
    ConvolutionShape(
      n: n, h: edge, w: edge, i: i, o: o, kh: 3, kw: 3, stride: (stride, stride), padding: padding, dtype: .bfloat16)
  }

  @Test(arguments: convolutions, [1, 2, 3]) func `forward and back`(_ shape: ConvolutionShape, threads: Int) {
    let x = rounded(noise(shape.n * shape.h * shape.w * shape.i))
    let upstream = rounded(noise(shape.n * shape.outputHeight * shape.outputWidth * shape.o))
    let weights = rounded(noise(shape.o * shape.i * 9))
    let bias = noise(shape.o)
    func results(_ backend: any ComputeBackend) -> [[Float]] {
      let constant = Rented(weights)
      return [
        widened(upstream.count) { backend.convolution(shape, x: x, weights: .constant(constant), bias: bias, out: $0) },
        widened(upstream.count) { backend.convolution(shape, x: x, weights: .constant(constant), bias: nil, out: $0) },
        widened(x.count) { backend.convolutionInputGradient(shape, upstream: upstream, weights: weights, dx: $0) },
      ]
    }
    Threads.$limit.withValue(threads) {
      #expect(LoweredConvolution(shape) != nil)
      for (result, expected) in zip(results(OneDNNBackend.shared), results(OpenBLASBackend())) {
        let distance = relativeDistance(result, expected)
        // Both are rounded at their end.
        #expect(distance < 2e-3)
      }
    }
  }
}
