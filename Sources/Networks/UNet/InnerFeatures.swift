import NegativeSpaceTensors

/// The output of all blocks but the outermost of a UNet at an earlier step (DeepCache, arXiv:2312.00858).
///
/// It changes little from step to step, so that most of the network can be left out at some of them. One for each
/// branch of guidance, for one run.
package final class InnerFeatures {
  private let interval: Int
  private var kept: Tensor?
  private var age = 0

  /// - Parameter interval: of this many steps in a row the first computes everything; 1 reuses nothing.
  package init(interval: Int) { self.interval = interval }

  /// The features, for another step on the outermost state `x` (N, H, W, C); nil where they are too old or of another
  /// batch.
  func reusable(beside x: Tensor) -> Tensor? {
    guard let kept, age + 1 < interval, kept.shape.dropLast() == x.shape.dropLast() else { return nil }
    age += 1
    return kept
  }

  func keep(_ features: Tensor) {
    if interval > 1 { kept = features.detached }
    age = 0
  }
}
