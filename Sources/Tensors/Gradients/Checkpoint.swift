/// Computes `body(inputs)` and keeps nothing of its inside: the backward pass computes the inside again.
///
/// Trades one more forward pass of the block for its memory. Parameters that `body` captures get their gradients as
/// usual.
package func checkpoint(_ inputs: [Tensor], _ body: @escaping ([Tensor]) -> Tensor) -> Tensor {
  let value = withoutGradients { body(inputs.map(\.detached)) }
  guard Recording.isOn else { return value }
  return Tensor(
    storage: value.storage, shape: value.shape, dtype: value.dtype,
    node: Node(
      kind: .operation { upstream, flow in
        let leaves = inputs.map { $0.needsGradient ? $0.requiringGradient : $0 }
        // Everything made from here on is newer than the leaves and belongs to this block alone.
        let floor = Node(kind: .leaf).id
        let again = Recording.$isOn.withValue(true) { body(leaves) }
        guard let node = again.node else { return }
        let inner = GradientFlow()
        inner.add(upstream, to: node)
        inner.run(downTo: floor)
        for (leaf, input) in zip(leaves, inputs) {
          if let node = leaf.node, let gradient = inner.gradient(of: node) { flow.send(gradient, to: input) }
        }
        let own = Set(leaves.compactMap { $0.node.map(ObjectIdentifier.init) })
        for (node, gradient) in inner.remaining where !own.contains(ObjectIdentifier(node)) {
          flow.add(gradient, to: node)
        }
      }))
}
