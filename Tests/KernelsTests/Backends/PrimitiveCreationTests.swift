import Dispatch
import Synchronization
import Testing

@testable import NegativeSpaceKernels

/// oneDNN 2.6 keeps a setting of the convolution that it is preparing in a variable of the whole process.
@Suite struct PrimitiveCreationTests {
  @Test(.oneDNNKnowsBFloat16) func `convolutions prepared beside bfloat16 ones are the same`() {
    let prepared = shapes(1200, channels: 3, .float32)
    let isDone = Atomic(false)
    DispatchQueue.concurrentPerform(iterations: 2) { index in
      if index == 0 {
        for shape in prepared { _ = OneDNNBackend.shared.implementation(of: shape) }
        isDone.store(true, ordering: .relaxed)
      } else {
        for shape in shapes(8000, channels: 16, .bfloat16) where !isDone.load(ordering: .relaxed) {
          _ = OneDNNBackend.shared.implementation(of: shape)
        }
      }
    }
    let worst = Threads.$limit.withValue(1) { prepared.map(distance).max() ?? .infinity }
    #expect(worst < 1e-5)
  }

  /// Small pictures, no two of one size.
  private func shapes(_ count: Int, channels: Int, _ dtype: DataType) -> [ConvolutionShape] {
    (0..<count).map {
      ConvolutionShape(
        n: 1, h: 5 + $0 % 40, w: 5 + $0 / 40, i: channels, o: 16, kh: 3, kw: 3, stride: (1, 1), padding: Padding(1),
        dtype: dtype)
    }
  }

  private func distance(_ shape: ConvolutionShape) -> Double {
    let x = noise(shape.h * shape.w * shape.i)
    let weights = Rented(noise(shape.o * shape.i * 9))
    let bias = noise(shape.o)
    func result(_ backend: any ComputeBackend) -> [Float] {
      filled(shape.h * shape.w * shape.o) {
        backend.convolution(shape, x: x, weights: .constant(weights), bias: bias, out: $0)
      }
    }
    return relativeDistance(result(OneDNNBackend.shared), result(OpenBLASBackend()))
  }
}
