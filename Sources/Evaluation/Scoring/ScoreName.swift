/// Name of a score, and how it is to be read.
public struct ScoreName: Sendable, Hashable, Encodable {
  /// The name, as in tables.
  public let text: String
  /// Direction in which it is better.
  public let better: Direction
  /// Whether it is a share: 1 or 0 of one picture, a percentage of many.
  public let isShare: Bool

  /// Direction in which a score is better.
  public enum Direction: String, Sendable, Encodable {
    /// More is better.
    case higher
    /// Less is better.
    case lower
    /// Neither more nor less is better.
    case neither
  }

  package init(_ text: String, better: Direction = .higher, isShare: Bool = false) {
    (self.text, self.better, self.isShare) = (text, better, isShare)
  }

  private enum CodingKeys: String, CodingKey {
    case text = "name"
    case better
    case isShare = "is_share"
  }

  /// 1 if `value` is better than `other`, 0 if worse, 0.5 if equal; nil where neither way is better.
  package func win(_ value: Double, over other: Double) -> Double? {
    switch better {
    case .neither: nil
    case _ where value == other: 0.5
    case .higher: value > other ? 1 : 0
    case .lower: value < other ? 1 : 0
    }
  }

  /// Agreement with what should be avoided.
  static let clipNegative = ScoreName("CLIP negative", better: .lower)
  // Measures of clips.
  static let flicker = ScoreName("flicker", better: .lower)
  static let motionAmount = ScoreName("motion amount", better: .neither)
  static let motionSmoothness = ScoreName("motion smoothness")
  /// The weighted sum of several rewards.
  package static let mix = ScoreName("reward mix")
}
