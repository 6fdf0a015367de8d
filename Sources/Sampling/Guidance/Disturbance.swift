/// What makes a network worse on purpose, in some of its transformer blocks; the network is somebody else's business.
package struct Disturbance: Sendable, Equatable {
  /// What is done to a block.
  package enum Change: Sendable, Equatable {
    /// Self-attention where each token sees itself alone (PAG, arXiv:2403.17377, equation 15).
    case identityAttention
    /// Self-attention with queries blurred over the picture by a Gaussian of `sigma`; nil gives all their mean (SEG,
    /// arXiv:2408.00760, equation 12).
    case blurredQueries(sigma: Float?)
    /// The block is left out.
    case skipped
  }

  package let change: Change
  /// The blocks by their full names or the beginnings of them; empty is the middle of the network.
  package let layers: [String]
  /// Whether the unconditional branch is disturbed; else a third one, the conditional one once more.
  package let isUnconditional: Bool

  package init(_ change: Change, layers: [String], isUnconditional: Bool = false) {
    (self.change, self.layers, self.isUnconditional) = (change, layers, isUnconditional)
  }
}
