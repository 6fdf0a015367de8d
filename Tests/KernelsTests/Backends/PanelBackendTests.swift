import NegativeSpaceCKernels
import Testing

@testable import NegativeSpaceKernels

/// Products and convolutions over panels of weights give what the plain sums give on the other backend.
@Suite struct PanelBackendTests {
  private static let panels = PanelBackend(OneDNNBackend.shared)

  /// Rows, outputs, inputs: whole tiles, panels, chains and slices, and what is left of each.
  private static let sizes = [
    (m: 192, n: 64, k: 320), (m: 1, n: 16, k: 7), (m: 5, n: 33, k: 641), (m: 200, n: 4, k: 48),
    (m: 401, n: 160, k: 1024), (m: 401, n: 160, k: 1301),
    (m: 77, n: 770, k: 65), (m: 2500, n: 24, k: 33),
  ]

  @Test(arguments: sizes, [1, 2, 5])
  func `a product of any size, right side and type`(_ size: (m: Int, n: Int, k: Int), threads: Int) {
    let (m, n, k) = size
    let (a, b, bias) = (noise(m * k), noise(k * n), noise(n))
    for right in [Strides4(0, 0, n, 1), Strides4(0, 0, 1, k)] {
      for left in [Strides4(0, 0, k, 1), Strides4(0, 0, 1, m)] {
        var shape = MatmulShape(
          m: m, n: n, k: k, a: left, b: right, c: Strides4(0, 0, n, 1), dtype: .float32, resultType: .float32,
          hasBias: true)
        func result(_ backend: any ComputeBackend) -> [Float] {
          b.withUnsafeBytes { b in
            filled(m * n) { backend.matmul(shape, a: a, b: .changing(b.baseAddress!), bias: bias, c: $0) }
          }
        }
        Threads.$limit.withValue(threads) {
          let distance = relativeDistance(result(Self.panels), result(OpenBLASBackend()))
          #expect(distance < 2e-6)
        }
        shape.dtype = .bfloat16
        let (narrowA, narrowB) = (rounded(a), rounded(b))
        func narrow(_ backend: any ComputeBackend, _ fill: (Int, (UnsafeMutableRawPointer) -> Void) -> [Float])
          -> [Float]
        {
          narrowB.withUnsafeBytes { b in
            fill(m * n) { backend.matmul(shape, a: narrowA, b: .changing(b.baseAddress!), bias: bias, c: $0) }
          }
        }
        Threads.$limit.withValue(threads) {
          let exact = relativeDistance(narrow(Self.panels, filled), narrow(OpenBLASBackend(), filled))
          #expect(exact < 2e-6)
          shape.resultType = .bfloat16
          let short = relativeDistance(narrow(Self.panels, widened), narrow(OpenBLASBackend(), widened))
          // Both are rounded at their end.
          #expect(short < 2e-3)
        }
      }
    }
  }

  @Test func `a product of no inputs is its bias`() {
    let (m, n) = (7, 21)
    let shape = MatmulShape(
      m: m, n: n, k: 0, a: Strides4(0, 0, 1, 1), b: Strides4(0, 0, n, 1), c: Strides4(0, 0, n, 1), dtype: .float32,
      resultType: .float32, hasBias: true)
    let (empty, bias) = (noise(1), noise(n))
    let result = empty.withUnsafeBytes { b in
      filled(m * n) { Self.panels.matmul(shape, a: empty, b: .changing(b.baseAddress!), bias: bias, c: $0) }
    }
    #expect(result == (0..<m).flatMap { _ in bias })
  }

  @Test func `rows of the result that lie apart leave what is between them alone`() {
    let (m, n, k, stride) = (13, 20, 40, 27)
    let shape = MatmulShape(
      m: m, n: n, k: k, a: Strides4(0, 0, k, 1), b: Strides4(0, 0, n, 1), c: Strides4(0, 0, stride, 1), dtype: .float32,
      resultType: .float32)
    let (a, b) = (noise(m * k), noise(k * n))
    let result = b.withUnsafeBytes { b in
      filled(m * stride) { Self.panels.matmul(shape, a: a, b: .changing(b.baseAddress!), bias: nil, c: $0) }
    }
    for row in 0..<m {
      let isWritten = (0..<stride).map { !result[row * stride + $0].isNaN }
      #expect(isWritten == (0..<stride).map { $0 < n })
    }
  }

  @Test(arguments: [1, 3]) func `constant weights are packed once`(threads: Int) {
    let (m, n, k) = (300, 72, 400)
    let shape = MatmulShape(
      m: m, n: n, k: k, a: Strides4(0, 0, k, 1), b: Strides4(0, 0, 1, k), c: Strides4(0, 0, n, 1), dtype: .float32,
      resultType: .float32, hasBias: true, packsWeights: true)
    let (a, bias, weights) = (noise(m * k), noise(n), Rented(noise(n * k)))
    Threads.$limit.withValue(threads) {
      let expected = filled(m * n) { OpenBLASBackend().matmul(shape, a: a, b: .constant(weights), bias: bias, c: $0) }
      for _ in 0..<2 {
        let result = filled(m * n) { Self.panels.matmul(shape, a: a, b: .constant(weights), bias: bias, c: $0) }
        let distance = relativeDistance(result, expected)
        #expect(distance < 2e-6)
      }
      #expect(weights.lent == 1)
    }
  }

  private enum Origin: CaseIterable {
    case float16File, bfloat16File, float32File

    /// float16 with its largest, smallest and negative zero; bfloat16 beyond both ends of float16; what neither holds.
    var weights: [Float] {
      let plain = noise(72 * 400)
      return switch self {
      case .float16File: plain.map { Float(Float16($0)) }.dropLast(4) + [65504, -65504, 0x1p-24, -0.0]
      case .bfloat16File:
        plain.map { Float(bitPattern: $0.bitPattern & 0xFFFF_0000) }.dropLast(2) + [0x1p100, 0x1p-100]
      case .float32File: plain.map { Float(Float16($0)) }.dropLast(1) + [1 + 0x1p-20]
      }
    }
  }

  @Test(arguments: Origin.allCases, [1, 3])
  private func `weights that two bytes hold exactly take two, to the same result`(_ origin: Origin, threads: Int) {
    let (m, n, k) = (300, 72, 400)
    let weights = origin.weights
    let (a, bias) = (noise(m * k), noise(n))
    let picture = ConvolutionShape(
      n: 1, h: 12, w: 12, i: 100, o: 72, kh: 2, kw: 2, stride: (2, 2), padding: Padding(0), dtype: .float32)
    for right in [Strides4(0, 0, n, 1), Strides4(0, 0, 1, k)] {
      let shape = MatmulShape(
        m: m, n: n, k: k, a: Strides4(0, 0, k, 1), b: right, c: Strides4(0, 0, n, 1), dtype: .float32,
        resultType: .float32, hasBias: true, packsWeights: true)
      let (forProduct, forPicture) = (Rented(weights), Rented(weights))
      Threads.$limit.withValue(threads) {
        let results = [WeightOperand.constant(forProduct), .changing(forProduct.pointer)].map { b in
          filled(m * n) { Self.panels.matmul(shape, a: a, b: b, bias: bias, c: $0) }
        }
        #expect(results[0] == results[1])
        let pictures = [WeightOperand.constant(forPicture), .changing(forPicture.pointer)].map { weights in
          filled(36 * 72) { Self.panels.convolution(picture, x: a, weights: weights, bias: bias, out: $0) }
        }
        #expect(pictures[0] == pictures[1])
      }
      // 72 outputs lie in five panels of sixteen.
      let expected = 5 * 16 * k * (origin == .float32File ? 4 : 2)
      #expect(forProduct.packed.byteCount == expected && forPicture.packed.byteCount == expected)
    }
  }

  @Test(arguments: PiecesTests.products, [1, 2, 5])
  func `batches and long sums`(_ shape: MatmulShape, threads: Int) {
    let (batches, m, n, k) = (shape.batch.0 * shape.batch.1, shape.m, shape.n, shape.k)
    let (a, b) = (noise(batches * m * k), noise(batches * k * n))
    func result(_ backend: any ComputeBackend) -> [Float] {
      b.withUnsafeBytes { b in
        filled(batches * m * n) { backend.matmul(shape, a: a, b: .changing(b.baseAddress!), bias: nil, c: $0) }
      }
    }
    Threads.$limit.withValue(threads) {
      let distance = relativeDistance(result(Self.panels), result(OpenBLASBackend()))
      #expect(distance < 1e-5)
    }
  }

  /// Windows, pixels, strides, uneven padding; and those that go by Winograd's products.
  private static let convolutions = PiecesTests.convolutions + WinogradTests.shapes

  @Test(arguments: convolutions, [1, 2, 5])
  func `a convolution and its gradients`(_ shape: ConvolutionShape, threads: Int) {
    let x = noise(shape.n * shape.h * shape.w * shape.i)
    let plain = noise(shape.o * shape.i * shape.kh * shape.kw)
    let upstream = noise(shape.n * shape.outputHeight * shape.outputWidth * shape.o)
    let bias = noise(shape.o)
    func results(
      _ backend: any ComputeBackend, _ shape: ConvolutionShape, _ x: UnsafeRawPointer, _ upstream: UnsafeRawPointer,
      _ weights: Rented, _ fill: (Int, (UnsafeMutableRawPointer) -> Void) -> [Float]
    ) -> [[Float]] {
      let outputs = shape.n * shape.outputHeight * shape.outputWidth * shape.o
      return [
        fill(outputs) { backend.convolution(shape, x: x, weights: .constant(weights), bias: bias, out: $0) },
        fill(outputs) { backend.convolution(shape, x: x, weights: .changing(weights.pointer), bias: nil, out: $0) },
        fill(shape.n * shape.h * shape.w * shape.i) {
          backend.convolutionInputGradient(shape, upstream: upstream, weights: weights.pointer, dx: $0)
        },
        filled(plain.count) {
          backend.convolutionWeightGradient(shape, x: x, upstream: upstream, dw: $0.assumingMemoryBound(to: Float.self))
        },
      ]
    }
    Threads.$limit.withValue(threads) {
      let weights = Rented(plain)
      let pairs = zip(
        results(Self.panels, shape, x, upstream, weights, filled),
        results(OpenBLASBackend(), shape, x, upstream, weights, filled))
      for (result, expected) in pairs {
        let distance = relativeDistance(result, expected)
        #expect(distance < 1e-5)
      }
      var narrow = shape
      narrow.dtype = .bfloat16
      let (shortX, shortUpstream, shortWeights) = (rounded(x), rounded(upstream), Rented(rounded(plain)))
      let shortPairs = zip(
        results(Self.panels, narrow, shortX, shortUpstream, shortWeights, widened),
        results(OpenBLASBackend(), narrow, shortX, shortUpstream, shortWeights, widened))
      for (result, expected) in shortPairs {
        let distance = relativeDistance(result, expected)
        // Both are rounded at their end.
        #expect(distance < 2e-3)
      }
    }
  }

  @Test(arguments: convolutions.filter { $0.i >= 64 && $0.o >= 64 }, [1, 3])
  func `the gradients of many weights are those that oneDNN finds`(_ shape: ConvolutionShape, threads: Int) {
    let x = noise(shape.n * shape.h * shape.w * shape.i)
    let upstream = noise(shape.n * shape.outputHeight * shape.outputWidth * shape.o)
    func gradient(_ backend: any ComputeBackend) -> [Float] {
      filled(shape.o * shape.i * shape.kh * shape.kw) {
        backend.convolutionWeightGradient(shape, x: x, upstream: upstream, dw: $0.assumingMemoryBound(to: Float.self))
      }
    }
    Threads.$limit.withValue(threads) {
      #expect(WindowGradient(shape) != nil)
      let distance = relativeDistance(gradient(Self.panels), gradient(OneDNNBackend.shared))
      #expect(distance < 1e-5)
    }
  }

  @Test func `float16 is rounded to the nearest, and held within its largest`() {
    // Normal numbers, those below the smallest normal one, halves between two neighbours, and what is too large.
    let values =
      noise(4000).enumerated().map { $0.element * Float(sign: .plus, exponent: $0.offset % 42 - 26, significand: 1) }
      + [0, -0.0, 1 + 0x1p-11, 1 + 3 * 0x1p-11, 0x1p-25, 3 * 0x1p-25, 65504, 65519]
    var bits = [UInt16](repeating: 1, count: values.count + 2)
    ns_to_float16(&bits, values + [1e6, -.infinity], Int64(values.count + 2))
    #expect(Array(bits.dropLast(2)) == values.map { Float16($0).bitPattern })
    #expect(bits.suffix(2) == [0x7BFF, 0xFBFF])
  }
}
