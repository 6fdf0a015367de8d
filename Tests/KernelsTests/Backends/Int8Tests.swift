import Testing

@testable import NegativeSpaceKernels

/// Linear layers in 8-bit integers.
@Suite struct Int8Tests {
  /// Rows, outputs, inputs: whole tiles, and pieces of them in every direction.
  static let sizes = [(96, 128, 64), (8, 16, 16), (13, 67, 45), (131, 200, 34), (601, 64, 320)]

  private func shape(_ m: Int, _ n: Int, _ k: Int, hasBias: Bool = false) -> MatmulShape {
    MatmulShape(
      m: m, n: n, k: k, a: Strides4(m * k, m * k, k, 1), b: Strides4(n * k, n * k, 1, k),
      c: Strides4(m * n, m * n, n, 1), dtype: .float32, resultType: .float32, hasBias: hasBias, packsWeights: true)
  }

  @Test(arguments: sizes, [1, 3])
  func `whole numbers up to 127 are multiplied exactly`(_ size: (Int, Int, Int), threads: Int) {
    let (m, n, k) = size
    // Every row has a 127 in it, so that nothing is rounded.
    func whole(_ rows: Int) -> [Float] {
      noise(rows * k).enumerated().map { $0.offset % k == 3 ? 127 : ($0.element * 127).rounded() }
    }
    let (a, b, bias) = (whole(m), whole(n), noise(n))
    let expected = (0..<m * n).map { index in
      let (row, output) = (index / n, index % n)
      let sum = (0..<k).reduce(0) { $0 + Int(a[row * k + $1]) * Int(b[output * k + $1]) }
      return Float(sum) + bias[output]
    }
    Threads.$limit.withValue(threads) {
      let result = filled(m * n) {
        Int8Backend(OneDNNBackend.shared).matmul(
          shape(m, n, k, hasBias: true), a: a, b: .constant(Rented(b)), bias: bias, c: $0)
      }
      let distance = relativeDistance(result, expected)
      #expect(distance < 1e-6)
    }
  }

  @Test func `what is rounded is a hundredth`() {
    let (m, n, k) = (64, 96, 320)
    let (a, b) = (noise(m * k), Rented(noise(n * k)))
    func product(_ backend: any ComputeBackend) -> [Float] {
      filled(m * n) { backend.matmul(shape(m, n, k), a: a, b: .constant(b), bias: nil, c: $0) }
    }
    // Uniform numbers are rounded by 1/127/√12 at most, half of that of their spread 1/√3, in both factors.
    let distance = relativeDistance(product(Int8Backend(OneDNNBackend.shared)), product(OpenBLASBackend()))
    #expect(distance < 0.007)
    #expect(distance > 0.002)
  }

  @Test func `a row that is not finite gives nothing finite, and the others are untouched`() {
    let (m, n, k) = (9, 32, 32)
    var a = noise(m * k)
    (a[2 * k + 5], a[4 * k]) = (.nan, .infinity)
    let result = filled(m * n) {
      Int8Backend(OneDNNBackend.shared).matmul(
        shape(m, n, k), a: a, b: .constant(Rented(noise(n * k))), bias: nil, c: $0)
    }
    for row in 0..<m {
      let isFinite = result[row * n..<(row + 1) * n].map(\.isFinite)
      #expect(row == 2 || row == 4 ? !isFinite.contains(true) : !isFinite.contains(false))
    }
  }

  @Test func `weights that change, and products of few rows, are not rounded`() {
    let (m, n, k) = (7, 64, 64)
    let (a, b) = (noise(64 * k), noise(n * k))
    func product(_ backend: any ComputeBackend, _ m: Int, _ weights: WeightOperand) -> [Float] {
      filled(m * n) { backend.matmul(shape(m, n, k), a: a, b: weights, bias: nil, c: $0) }
    }
    let (eight, plain) = (Int8Backend(OneDNNBackend.shared), OneDNNBackend.shared)
    let constant = Rented(b)
    #expect(product(eight, m, .constant(constant)) == product(plain, m, .constant(constant)))
    b.withUnsafeBytes { bytes in
      let changing = WeightOperand.changing(bytes.baseAddress!)
      #expect(product(eight, 64, changing) == product(plain, 64, changing))
    }
  }
}
