package import NegativeSpaceTensors

/// A differentiable score of clips that needs no network: the higher, the better.
///
/// Gradients flow to the frames; what says where something is, or how it moved, is a constant.
package protocol ClipReward: Sendable {
  /// One score a clip: (B).
  ///
  /// - Parameters:
  ///   - clips: (B, F, H, W, 3) in [0, 1].
  ///   - reference: clips of the same prompts and noise to compare with, or nil for rewards that need none.
  func callAsFunction(_ clips: Tensor, reference: Tensor?) -> Tensor
}

/// A clip reward by its name and its weight.
public struct ClipRewardName: Sendable, Hashable {
  /// The rewards that there are.
  public enum Kind: String, Sendable, CaseIterable {
    /// How little changes where nothing moves.
    case background
    /// How little changes in what moves, once its motion is undone.
    case object
    /// How much less moves than in the same clip with an empty negative, at most 0.
    case motion
  }

  /// The reward.
  public let kind: Kind
  /// Weight in a sum.
  public let weight: Float

  /// A reward.
  public init(_ kind: Kind, weight: Float = 1) { (self.kind, self.weight) = (kind, weight) }

  /// Reads `NAME[:WEIGHT]`.
  ///
  /// - Throws: `RewardError.badClipName`.
  public init(parsing text: String) throws {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let weight = parts.count > 1 ? Float(parts[1]) : 1
    guard parts.count <= 2, let kind = parts.first.flatMap({ Kind(rawValue: String($0)) }), let weight, weight.isFinite
    else { throw RewardError.badClipName(text) }
    self.init(kind, weight: weight)
  }

  /// Whether clips with an empty negative are needed to compare with.
  package var needsReference: Bool { kind == .motion }

  /// The score.
  package var reward: any ClipReward {
    switch kind {
    case .background: BackgroundSteadiness()
    case .object: ObjectSteadiness()
    case .motion: KeptMotion()
    }
  }
}
