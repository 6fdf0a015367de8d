import Foundation
import NegativeSpaceLayers
import NegativeSpaceTensors

/// T5's positions (arXiv:1910.10683, section 2.1): a number for each head and class of distance, added to the scores.
struct T5RelativeBias: Sendable {
  /// (buckets, heads), float32.
  private let table: Tensor
  private let configuration: T5Configuration
  /// Whether keys after the query are told apart from those before it; in a decoder there are none.
  private let isBidirectional: Bool

  init(_ weights: WeightScope, _ configuration: T5Configuration, isBidirectional: Bool) throws {
    table = try weights["relative_attention_bias"].tensor(
      "weight", shape: [configuration.buckets, configuration.heads], role: .vector,
      initial: .normal(std: 1 / Float(configuration.width).squareRoot()))
    (self.configuration, self.isBidirectional) = (configuration, isBidirectional)
  }

  /// (1, H, T, S) for T queries of which the first stands at place `first` of S keys.
  func callAsFunction(queries: Int, keys: Int, first: Int = 0) -> Tensor {
    let buckets = (first..<(first + queries)).flatMap { query in (0..<keys).map { bucket(of: $0 - query) } }
    return table.rows(buckets).reshaped([1, queries, keys, configuration.heads]).transposed(axes: [0, 3, 1, 2])
  }

  /// The class of a distance from query to key: exact up to half of the classes, logarithmic up to the largest distance.
  func bucket(of distance: Int) -> Int {
    let count = isBidirectional ? configuration.buckets / 2 : configuration.buckets
    let side = isBidirectional && distance > 0 ? count : 0
    let length = isBidirectional ? abs(distance) : max(0, -distance)
    let exact = count / 2
    guard length >= exact else { return side + length }
    // In float32 as the reference, whose classes it decides.
    let share = log(Float(length) / Float(exact)) / Float(log(Double(configuration.maxDistance) / Double(exact)))
    return side + min(count - 1, exact + Int(share * Float(count - exact)))
  }
}
