package import NegativeSpaceTensors

/// What is changed in a network's attention for one call; the network's weights are as they are.
package struct AttentionChanges {
  /// The text that every cross-attention avoids.
  package var avoided: AvoidedText?
  /// The transformer blocks that are made worse on purpose.
  package var disturbed: DisturbedBlocks?

  package init(avoided: AvoidedText? = nil, disturbed: DisturbedBlocks? = nil) {
    (self.avoided, self.disturbed) = (avoided, disturbed)
  }
}

/// A text that cross-attention avoids, by one of the rules that need no second call of the network.
package struct AvoidedText {
  /// (B, S', contextWidth), B as in the text that is wanted.
  package var states: Tensor
  package let rule: AttentionNegative
  /// Keys and values of both texts, for as long as these stay the same; nil computes them at each call.
  package let projections: TextProjections?

  package init(_ states: Tensor, by rule: AttentionNegative, projections: TextProjections? = nil) {
    (self.states, self.rule, self.projections) = (states, rule, projections)
  }
}

/// Transformer blocks that are made worse on purpose, by their full names, and what is done to them.
package struct DisturbedBlocks: Sendable {
  /// What is done to a block.
  package enum Change: Sendable {
    /// Its self-attention gives each token its own value (PAG, arXiv:2403.17377).
    case identityAttention
    /// The queries of its self-attention are blurred over the picture (SEG, arXiv:2408.00760).
    case blurredQueries(QueryBlur)
    /// It is left out.
    case skipped
  }

  private let change: Change
  private let names: Set<String>

  package init(_ change: Change, names: Set<String>) { (self.change, self.names) = (change, names) }

  func change(of name: String) -> Change? { names.contains(name) ? change : nil }
}

/// A transformer block's place in a network.
package struct TransformerBlockPlace: Sendable, Hashable {
  /// Its name among the weights, such as `mid_block.attentions.0.transformer_blocks.0`.
  package let name: String
  /// Whether its tokens are the pixels of a picture, and not the frames of a clip.
  package let isSpatial: Bool

  package init(name: String, isSpatial: Bool) { (self.name, self.isSpatial) = (name, isSpatial) }
}

/// Keys and values that attention layers made of a prompt's texts, by the layers' names: computed once a prompt.
package final class TextProjections {
  private var kept: [String: (key: Tensor, value: Tensor)] = [:]

  package init() {}

  func callAsFunction(
    _ name: String, of text: Tensor, _ project: (Tensor) -> (key: Tensor, value: Tensor)
  ) -> (key: Tensor, value: Tensor) {
    // What is recorded for a gradient belongs to one backward pass.
    guard !text.needsGradient else { return project(text) }
    if let known = kept[name] { return known }
    let projected = project(text)
    if !projected.key.needsGradient, !projected.value.needsGradient { kept[name] = projected }
    return projected
  }
}
