package import NegativeSpaceTensors

/// A place in a weight source: what a layer is given to build itself from.
///
/// `weights["attn1"]["to_q"].tensor("weight", …)` asks the source for `…attn1.to_q.weight`.
package struct WeightScope {
  package let source: any WeightSource
  /// The dotted path so far; empty at the root.
  package let path: String

  package init(_ source: any WeightSource, path: String = "") {
    self.source = source
    self.path = path
  }

  /// The part called `name`; it may itself be dotted.
  package subscript(_ name: String) -> WeightScope { WeightScope(source, path: full(name)) }

  /// The part with this index in a list.
  package subscript(_ index: Int) -> WeightScope { self[String(index)] }

  /// The parameter `name` of this part.
  ///
  /// - Throws: the source's own error when it is missing or has another shape.
  package func tensor(
    _ name: String, shape: [Int], role: WeightRole = .matrix, initial: Initial
  ) throws -> Tensor {
    try source.tensor(full(name), shape: shape, role: role, initial: initial)
  }

  /// Whether the source has the parameter `name` of this part.
  package func contains(_ name: String) -> Bool { source.contains(full(name)) }

  private func full(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
}
