package import NegativeSpaceTensors

/// A network that says what pictures are of, for measures of many pictures: Inception Score, Fréchet distance, and the
/// fidelity of NegOpt.
package protocol PictureClassifier: Sendable {
  /// - Parameter pictures: (N, H, W, 3) in [0, 1].
  func callAsFunction(_ pictures: Tensor) -> PictureClasses
}

/// What a classifier sees in N pictures.
package struct PictureClasses: Sendable {
  /// (N, classes); each row sums up to 1.
  package let shares: Tensor
  /// (N, width), what the classes are told by; nil where a classifier has no such thing.
  package let features: Tensor?

  package init(shares: Tensor, features: Tensor? = nil) { (self.shares, self.features) = (shares, features) }
}
