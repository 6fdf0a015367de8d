package import NegativeSpaceTensors

/// A part of another source: each name is asked for behind a prefix.
package final class PrefixedWeights: WeightSource {
  private let source: any WeightSource
  private let prefix: String

  /// - Parameter prefix: such as `positive.`, with the dot.
  package init(_ source: any WeightSource, prefix: String) { (self.source, self.prefix) = (source, prefix) }

  package func contains(_ name: String) -> Bool { source.contains(prefix + name) }

  package func tensor(_ name: String, shape: [Int], role: WeightRole, initial: Initial) throws -> Tensor {
    try source.tensor(prefix + name, shape: shape, role: role, initial: initial)
  }
}
