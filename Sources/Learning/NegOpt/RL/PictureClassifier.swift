import Foundation
import NegativeSpaceKernels
import NegativeSpaceRewards
import NegativeSpaceTensors

/// What a picture is of: a share for each class.
protocol PictureClassifier: Sendable {
  /// (N, classes) of pictures (N, H, W, 3) in [0, 1]; each row sums up to 1.
  func callAsFunction(_ pictures: Tensor) -> Tensor
}

/// CLIP as a classifier without training (arXiv:2103.00020, section 3.1): softmax over the classes' names of what it
/// thinks of a picture with each.
struct CLIPClassifier: PictureClassifier {
  private let reward: any Reward
  private let classes: [String]
  /// A score of the reward as a logit.
  private let scale: Float

  /// - Parameter scale: logits of a score's unit: CLIP's own for 100 · cos is 1.
  init(_ reward: any Reward, classes: [String], scale: Float = 1) {
    (self.reward, self.classes, self.scale) = (reward, classes, scale)
  }

  func callAsFunction(_ pictures: Tensor) -> Tensor {
    let count = pictures.size(0)
    let scores = classes.map { name in
      reward(pictures, prompts: [String](repeating: name, count: count)).reshaped([count, 1])
    }
    return (Tensor.concatenate(scores, axis: 1) * scale).softmax()
  }
}

/// Shares of classes over all pictures so far, p̄(y), and how far a picture is from them.
struct ClassMarginal: Sendable, Hashable {
  /// Weight of what was before, a round.
  private static let decay: Float = 0.9

  private(set) var shares: [Float]

  /// Before any picture; the first round's mean takes its place.
  init() { shares = [] }

  init(shares: [Float]) { self.shares = shares }

  mutating func update(_ pictures: [[Float]]) {
    guard let first = pictures.first else { return }
    let mean = first.indices.map { index in pictures.reduce(0) { $0 + $1[index] } / Float(pictures.count) }
    shares = shares.isEmpty ? mean : zip(shares, mean).map { Self.decay * $0 + (1 - Self.decay) * $1 }
  }

  /// KL(p(y|x) ‖ p̄(y)): its mean over pictures is the logarithm of their Inception Score (arXiv:1606.03498).
  func divergence(of picture: [Float]) -> Float {
    zip(picture, shares).reduce(0) { sum, pair in
      pair.0 > 0 ? sum + pair.0 * log(pair.0 / max(pair.1, 1e-12)) : sum
    }
  }
}
