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
}

extension Reward {
  package var hasGradient: Bool { true }
}
