public import NegativeSpaceRewards

/// How far pictures show what they should avoid: a CLIP's agreement with the negative prompt.
///
/// SNOOPI's CLIP⁻ (arXiv:2412.02687), as CLIP⁺ is the reward `clipscore`; both are 100 · max(0, cosine).
public struct NegativeAgreement: Sendable, Hashable {
  /// The CLIP.
  public let clip: RewardName
  /// The words that pictures should not show, whatever they were made with; nil is the negative prompt of each, and
  /// pictures without one have no such score.
  public let words: String?

  /// - Parameters:
  ///   - path: a CLIP's folder or file, as for the reward `clipscore`.
  ///   - words: the same for all pictures; nil is each one's own.
  public init(path: String, words: String? = nil) {
    (clip, self.words) = (RewardName(.clipScore, path: path), words)
  }
}
