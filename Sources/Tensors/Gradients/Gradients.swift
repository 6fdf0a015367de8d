import NegativeSpaceKernels

extension Tensor {
  /// The gradients of this scalar with respect to `leaves`, in their order; zero where nothing leads there.
  ///
  /// The graph is used up: what it kept for the backward pass is freed on the way.
  package func gradients(of leaves: [Tensor]) -> [Tensor] {
    precondition(count == 1, "gradients: the loss must be a scalar, this is \(shape)")
    return gradients(of: leaves, upstream: Tensor(repeating: 1, shape: shape, dtype: dtype))
  }

  /// The gradients of `sum(self · upstream)` with respect to `leaves`.
  package func gradients(of leaves: [Tensor], upstream: Tensor) -> [Tensor] {
    precondition(
      leaves.allSatisfy { $0.node?.isLeaf ?? false },
      "gradients: only tensors made by requiringGradient can be asked for")
    let flow = GradientFlow()
    withoutGradients {
      flow.send(upstream, to: self)
      flow.run()
    }
    return leaves.map { leaf in
      guard let node = leaf.node else { preconditionFailure("gradients: \(leaf.shape) does not require a gradient") }
      return flow.gradient(of: node) ?? .zeros(leaf.shape)
    }
  }

  /// The sum of two gradients of one value; float32 if either is.
  func adding(anyType other: Tensor) -> Tensor {
    if dtype == other.dtype { return self + other }
    return cast(to: .float32) + other.cast(to: .float32)
  }
}
