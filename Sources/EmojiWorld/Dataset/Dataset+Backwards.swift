import NegativeSpaceTensors

extension Dataset {
  /// The caption of clip `index` played backwards, in words of its own; nil where none fits or training may not show
  /// the combination.
  ///
  /// Both clips have the same frames in another order: only the word of the motion tells them apart.
  package func backwardsCaption(at index: Int) -> String? {
    var take = take(.clip, at: index)
    guard let motion = take.scene.motion?.backwards,
      split.allows(concept: take.scene.concept, background: take.scene.background, motion: motion)
    else { return nil }
    if take.named.motion != nil { take.named.motion = motion }
    var random = SplitMix64(seed: seed, stream: split.rawValue << 8 | 3, index: UInt64(bitPattern: Int64(index)))
    return CaptionWriter(take.named, isVideo: true).caption(using: &random)
  }
}

extension Motion {
  /// The motion that it looks like when played backwards; nil for spinning, which is always clockwise.
  package var backwards: Motion? {
    switch self {
    case .left: .right
    case .right: .left
    case .up: .down
    case .down: .up
    case .growing: .shrinking
    case .shrinking: .growing
    case .bouncing, .still: self
    case .spinning: nil
    }
  }
}
