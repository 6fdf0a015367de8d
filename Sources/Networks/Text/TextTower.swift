package import NegativeSpaceTensors

/// A network that turns token ids into the states that denoisers are told: CLIP's text tower, and others of its kind.
package protocol TextTower: Sendable {
  /// The sizes that a caller has to know.
  var shape: TextTowerShape { get }

  /// The vectors of token ids, B rows of T: (B, T, width).
  ///
  /// All rows are equally long, and every id is below the vocabulary's size: the caller's duty, who chose tokenizer and
  /// tower.
  func embed(_ tokens: [[Int]]) -> Tensor

  /// The states of token vectors.
  ///
  /// - Parameters:
  ///   - embedded: (B, T, width), T at most `shape.positions`.
  ///   - tokens: the ids they stand for, by which a tower knows padding and the text's end; nil where nobody asks for
  ///     these.
  ///   - skipped: layers left out at the end: 1 gives the penultimate states, diffusers' `clip_skip`.
  func encode(embedded: Tensor, of tokens: [[Int]]?, skippingLast skipped: Int) -> TextStates
}

/// The sizes of a text tower.
package struct TextTowerShape: Sendable, Hashable {
  /// Numbers in a state.
  package var width: Int
  /// Tokens of a text at most: rows of its states.
  package var positions: Int
  /// Tokens that it knows.
  package var vocabulary: Int
  /// Layers, one after the other.
  package var layers: Int

  package init(width: Int, positions: Int, vocabulary: Int, layers: Int) {
    (self.width, self.positions, self.vocabulary, self.layers) = (width, positions, vocabulary, layers)
  }
}

/// A text tower's output for B texts.
package struct TextStates: Sendable {
  /// (B, T, width), after the final norm.
  package var states: Tensor
  /// (B, T), 1 where a denoiser may look and 0 where it must not; nil where all of it is meant to be seen, as with
  /// CLIP.
  package var mask: Tensor?
  /// (B, width), one state for a whole text; nil where ids are unknown, or the tower has none.
  package var pooled: Tensor?

  package init(states: Tensor, mask: Tensor? = nil, pooled: Tensor? = nil) {
    (self.states, self.mask, self.pooled) = (states, mask, pooled)
  }
}

extension TextTower {
  /// The states of token ids, B rows of T.
  package func callAsFunction(_ tokens: [[Int]]) -> TextStates {
    encode(embedded: embed(tokens), of: tokens, skippingLast: 0)
  }
}
