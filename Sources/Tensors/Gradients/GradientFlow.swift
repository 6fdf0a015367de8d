/// The backward pass in progress: gradients that have arrived at nodes but were not sent on yet.
///
/// Nodes are visited newest first. Every user of a value is newer than the value, so when a node's turn comes all its
/// gradients have arrived. That also holds for nodes met only while a checkpointed block is computed again.
package final class GradientFlow {
  private var arrived: [ObjectIdentifier: (node: Node, gradient: Tensor)] = [:]
  private var pending = Heap()

  init() {}

  /// Sends `gradient` to the node behind `input`; not even computed if no gradient is wanted there.
  func send(_ gradient: @autoclosure () -> Tensor, to input: Tensor) {
    guard let node = input.node else { return }
    let value = gradient()
    precondition(value.shape == input.shape, "gradient \(value.shape) for a tensor of shape \(input.shape)")
    add(value, to: node)
  }

  func add(_ gradient: Tensor, to node: Node) {
    let key = ObjectIdentifier(node)
    if let earlier = arrived[key] {
      arrived[key] = (node, earlier.gradient.adding(anyType: gradient))
    } else {
      arrived[key] = (node, gradient)
      pending.insert(node)
    }
  }

  /// Walks back until only leaves, and nodes not newer than `floor`, hold gradients.
  func run(downTo floor: Int = 0) {
    while let node = pending.max, node.id > floor {
      pending.removeMax()
      guard let pullback = node.takePullback() else { continue }
      guard let (_, gradient) = arrived.removeValue(forKey: ObjectIdentifier(node)) else { continue }
      pullback(gradient, self)
    }
  }

  func gradient(of node: Node) -> Tensor? { arrived[ObjectIdentifier(node)]?.gradient }

  /// Gradients that have arrived and were not sent on, with their nodes.
  var remaining: [(node: Node, gradient: Tensor)] { Array(arrived.values) }
}

/// Nodes by descending number: a binary heap.
private struct Heap {
  private var nodes: [Node] = []

  var max: Node? { nodes.first }

  mutating func insert(_ node: Node) {
    nodes.append(node)
    var child = nodes.count - 1
    while child > 0, nodes[(child - 1) / 2].id < nodes[child].id {
      nodes.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func removeMax() {
    nodes.swapAt(0, nodes.count - 1)
    nodes.removeLast()
    var parent = 0
    while true {
      let left = 2 * parent + 1
      guard left < nodes.count else { return }
      let right = left + 1
      let child = right < nodes.count && nodes[right].id > nodes[left].id ? right : left
      guard nodes[child].id > nodes[parent].id else { return }
      nodes.swapAt(child, parent)
      parent = child
    }
  }
}
