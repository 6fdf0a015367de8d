package import NegativeSpaceTensors

/// A score of pictures, differentiable as a rule: the higher, the better.
///
/// It knows nothing of how the pictures were made. Gradients flow to the pictures; its own weights ask for none.
package protocol Reward: Sendable {
  /// Name on the command line and in tables.
  var name: String { get }

  /// Whether gradients flow to the pictures; without them it can be measured, and searched for by trial.
  var hasGradient: Bool { get }

  /// One score a picture: (N), float32.
  ///
  /// - Parameters:
  ///   - pictures: (N, H, W, 3) in [0, 1], red, green, blue.
  ///   - prompts: N texts, what each picture should show.
  func callAsFunction(_ pictures: Tensor, prompts: [String]) -> Tensor

  /// What scores every picture with each of `texts`, which are read once: (N, H, W, 3) to (N, T), without gradients.
  func scores(with texts: [String]) -> @Sendable (Tensor) -> Tensor
}

extension Reward {
  package var hasGradient: Bool { true }

  package func scores(with texts: [String]) -> @Sendable (Tensor) -> Tensor {
    { pictures in
      let count = pictures.size(0)
      let columns = withoutGradients {
        texts.map { self(pictures, prompts: [String](repeating: $0, count: count)).reshaped([count, 1]) }
      }
      return Tensor.concatenate(columns, axis: 1)
    }
  }
}
