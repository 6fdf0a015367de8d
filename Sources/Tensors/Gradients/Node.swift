import Synchronization

/// One recorded operation: where gradients go next.
///
/// Leaves are the tensors that gradients are asked for.
///
/// Nodes are numbered in the order they are made, so descending numbers are a valid order for the backward pass.
package final class Node: @unchecked Sendable {
  enum Kind {
    case leaf
    /// Sends `upstream` (the gradient of this node's value) on to the inputs.
    case operation((_ upstream: Tensor, _ flow: GradientFlow) -> Void)
  }

  private static let counter = Atomic<Int>(0)

  let id: Int
  /// Emptied once used: the activations a pullback holds are freed as the backward pass walks over them.
  private var kind: Kind?

  init(kind: Kind) {
    id = Node.counter.add(1, ordering: .relaxed).newValue
    self.kind = kind
  }

  var isLeaf: Bool {
    if case .leaf = kind { return true }
    return false
  }

  /// The pullback, taken away: a graph is differentiated once.
  func takePullback() -> ((Tensor, GradientFlow) -> Void)? {
    switch kind {
    case .leaf: return nil
    case .operation(let pullback):
      kind = nil
      return pullback
    case nil: preconditionFailure("gradients were already taken through this graph; compute the value again")
    }
  }
}
