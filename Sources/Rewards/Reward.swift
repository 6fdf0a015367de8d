package import NegativeSpaceTensors

/// A differentiable score of pictures: the higher, the better.
///
/// It knows nothing of how the pictures were made. Gradients flow to the pictures; its own weights ask for none.
package protocol Reward: Sendable {
  /// Name on the command line and in tables.
  var name: String { get }

  /// One score a picture: (N), float32.
  ///
  /// - Parameters:
  ///   - pictures: (N, H, W, 3) in [0, 1], red, green, blue.
  ///   - prompts: N texts, what each picture should show.
  func callAsFunction(_ pictures: Tensor, prompts: [String]) -> Tensor
}
