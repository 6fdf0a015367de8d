import Foundation

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
