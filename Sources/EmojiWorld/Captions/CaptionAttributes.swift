/// Attributes that a caption names; nil where it leaves something open.
package struct CaptionAttributes: Sendable, Equatable {
  package var concept: Concept?
  package var background: Background?
  package var size: SceneSize?
  package var position: ScenePosition?
  package var motion: Motion?
  package var damage: DamageKind?
  package var quality: CaptionQuality?

  package init(
    concept: Concept? = nil, background: Background? = nil, size: SceneSize? = nil, position: ScenePosition? = nil,
    motion: Motion? = nil, damage: DamageKind? = nil, quality: CaptionQuality? = nil
  ) {
    self.concept = concept
    self.background = background
    self.size = size
    self.position = position
    self.motion = motion
    self.damage = damage
    self.quality = quality
  }
}

/// A general remark on how good the picture is.
package enum CaptionQuality: String, CaseIterable, Sendable {
  case high, low
}
