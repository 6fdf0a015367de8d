import Foundation

/// Inception Score of pictures by what a classifier sees in them (arXiv:1606.03498, section 4): high where each picture
/// is clearly of one class, and all together of many.
public struct InceptionScore: Sendable {
  /// Mean over the parts of exp E KL(p(y|x) ‖ p(y)).
  public let mean: Double
  /// Deviation over the parts, N in its denominator.
  public let deviation: Double

  /// - Parameters:
  ///   - shares: for each picture p(y|x), which sums up to 1.
  ///   - parts: equal parts, in the given order, each with a p(y) of its own; 10 is usual.
  /// - Returns: nil for fewer pictures than parts, or rows of different lengths.
  public init?(_ shares: [[Float]], parts: Int = 10) {
    guard parts > 0, shares.count >= parts, let width = shares.first?.count, width > 0,
      shares.allSatisfy({ $0.count == width })
    else { return nil }
    let scores = (0..<parts).map { part in
      Self.score(Array(shares[(part * shares.count / parts)..<((part + 1) * shares.count / parts)]))
    }
    let mean = scores.reduce(0, +) / Double(parts)
    self.mean = mean
    deviation = (scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(parts)).squareRoot()
  }

  private static func score(_ shares: [[Float]]) -> Double {
    let width = shares.first?.count ?? 0
    let marginal = (0..<width).map { index in
      shares.reduce(0) { $0 + Double($1[index]) } / Double(shares.count)
    }
    let divergences = shares.map { row in
      zip(row, marginal).reduce(0.0) { sum, pair in
        let share = Double(pair.0)
        return share > 0 && pair.1 > 0 ? sum + share * log(share / pair.1) : sum
      }
    }
    return exp(divergences.reduce(0, +) / Double(shares.count))
  }
}
