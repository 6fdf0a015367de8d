package import NegativeSpaceTensors

/// The gated feed-forward part of a transformer block (GEGLU, arXiv:2002.05202), four times as wide inside.
package struct FeedForward: Sendable {
  private let project: Linear
  private let output: Linear

  package init(_ weights: WeightScope, width: Int) throws {
    project = try Linear(weights["net.0.proj"], from: width, to: 8 * width)
    output = try Linear(weights["net.2"], from: 4 * width, to: width)
  }

  /// Of a token inside, before half of it gates the other.
  var innerWidth: Int { project.weight.size(0) }

  /// (B, T, width) to the same.
  package func callAsFunction(_ x: Tensor) -> Tensor { output(project(x).geglu()) }
}
