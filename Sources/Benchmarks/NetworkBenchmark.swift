import Foundation
package import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceTensors

/// Speed of a full-size network of random weights on this machine.
package struct NetworkBenchmark: Sendable {
  /// One measured network.
  package struct Row: Sendable, Codable {
    package let name: String
    package let dtype: String
    package let parameters: Int
    /// Of one call, the median.
    package let seconds: Double
    /// 10⁹ floating point operations a second, of products, convolutions and attention; nothing else is counted.
    package let gigaflops: Double
    /// Of the rate that a large product of this type reaches in the same run.
    package let share: Double
  }

  /// Measures `network`.
  ///
  /// - Parameter runs: calls after the first, which packs the weights.
  package static func row(
    _ network: PublishedNetwork, _ dtype: DataType, size: PublishedNetwork.Size = .init(), runs: Int
  ) throws -> Row {
    let weights = RandomWeights(seed: 1, dtype: dtype, isKept: false)
    let call = try network.call(WeightScope(weights), size)
    let tally = WorkTally()
    WorkTally.$current.withValue(tally) { _ = call() }
    let seconds = Stopwatch.median(runs: runs) { _ = call() }
    let rate = Double(tally.flops) / seconds
    return Row(
      name: network.rawValue, dtype: dtype.rawValue,
      parameters: weights.requests.map { $0.shape.reduce(1, *) }.reduce(0, +), seconds: seconds,
      gigaflops: rate * 1e-9, share: rate / OperatorBenchmark.matrixRate(dtype))
  }
}
