package import NegativeSpaceKernels
import NegativeSpaceTensors

/// Speed of convolutions and products through the tensor, on shapes of real networks.
package struct OperatorBenchmark: Sendable {
  /// One measured operation.
  package struct Row: Sendable, Codable {
    package let name: String
    package let dtype: String
    package let milliseconds: Double
    /// 10⁹ floating point operations a second.
    package let gigaflops: Double
    /// Of the rate that a large product of this type reaches in the same run.
    package let share: Double
  }

  /// Convolutions: pictures, edge, input and output channels, kernel.
  ///
  /// The shapes of Stable Diffusion 1.x and of the small family.
  private static let convolutions = [
    (n: 2, edge: 64, from: 320, to: 320, kernel: 3), (n: 2, edge: 32, from: 640, to: 640, kernel: 3),
    (n: 2, edge: 16, from: 1280, to: 1280, kernel: 3), (n: 2, edge: 64, from: 320, to: 320, kernel: 1),
    (n: 16, edge: 16, from: 64, to: 64, kernel: 3), (n: 16, edge: 8, from: 96, to: 96, kernel: 3),
  ]
  /// Linear layers: rows, inputs, outputs.
  private static let products = [
    (rows: 8192, from: 320, to: 320), (rows: 2048, from: 640, to: 5120), (rows: 154, from: 768, to: 3072),
    (rows: 4096, from: 64, to: 512),
  ]

  package static func rows(_ dtype: DataType, runs: Int = 9) -> [Row] {
    let limit = matrixRate(dtype)
    func row(_ name: String, _ flops: Double, _ seconds: Double) -> Row {
      Row(
        name: name, dtype: dtype.rawValue, milliseconds: seconds * 1e3, gigaflops: flops / seconds * 1e-9,
        share: flops / seconds / limit)
    }
    return convolutions.map { shape in
      let x = filled([shape.n, shape.edge, shape.edge, shape.from], dtype)
      let weight = filled([shape.to, shape.from, shape.kernel, shape.kernel], dtype)
      let seconds = Stopwatch.median(runs: runs) { _ = x.convolution(weight, padding: Padding(shape.kernel / 2)) }
      let flops = 2.0 * Double(x.count * shape.to * shape.kernel * shape.kernel)
      let name =
        "convolution \(shape.n)×\(shape.edge)×\(shape.edge) \(shape.from)→\(shape.to) \(shape.kernel)×\(shape.kernel)"
      return row(name, flops, seconds)
    }
      + products.map { shape in
        let x = filled([shape.rows, shape.from], dtype)
        let weight = filled([shape.to, shape.from], dtype)
        let seconds = Stopwatch.median(runs: runs) { _ = x.linear(weight) }
        let flops = 2.0 * Double(x.count * shape.to)
        let name = "product \(shape.rows)×\(shape.from)·\(shape.from)×\(shape.to)"
        return row(name, flops, seconds)
      }
  }

  /// Floating point operations a second of a product that is large enough to hide everything else.
  static func matrixRate(_ dtype: DataType) -> Double {
    let (rows, inner, columns) = (4096, 1280, 1280)
    let (x, weight) = (filled([rows, inner], dtype), filled([columns, inner], dtype))
    return 2 * Double(rows * inner * columns) / Stopwatch.median(runs: 15) { _ = x.linear(weight) }
  }

  private static func filled(_ shape: [Int], _ dtype: DataType) -> Tensor {
    var random = TorchRandom(seed: 1)
    return random.normal(shape).cast(to: dtype)
  }
}
