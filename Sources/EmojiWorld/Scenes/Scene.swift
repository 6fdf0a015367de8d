package import NegativeSpaceTensors

/// All that is needed to draw one picture or clip of one emoji: the attributes that the caption can name, and the small
/// variation it cannot.
package struct Scene: Sendable, Equatable {
  package var concept: Concept
  package var background: Background
  package var size: SceneSize
  package var position: ScenePosition
  /// Nil for a picture.
  package var motion: Motion?
  package var jitter: Jitter

  /// Differences between scenes of the same description.
  package struct Jitter: Sendable, Equatable {
    /// Added to the centre, in fractions of the side.
    package var offset: SIMD2<Float>
    /// Multiplies the size.
    package var scale: Float
    /// Radians, clockwise.
    package var angle: Float
    /// Added to the background's red, green and blue.
    package var color: SIMD3<Float>

    package static let none = Jitter(offset: .zero, scale: 1, angle: 0, color: .zero)

    package init(offset: SIMD2<Float>, scale: Float, angle: Float, color: SIMD3<Float>) {
      self.offset = offset
      self.scale = scale
      self.angle = angle
      self.color = color
    }

    /// Up to 2.5 % of the side, 7 % of the size, 7 degrees, and 2 % of brightness a channel.
    package init(using random: inout SplitMix64) {
      offset = SIMD2(random.uniform(-0.025, 0.025), random.uniform(-0.025, 0.025))
      scale = random.uniform(0.93, 1.07)
      angle = random.uniform(-0.12, 0.12)
      color = SIMD3(random.uniform(-0.02, 0.02), random.uniform(-0.02, 0.02), random.uniform(-0.02, 0.02))
    }
  }

  package init(
    concept: Concept, background: Background, size: SceneSize = .medium, position: ScenePosition = .center,
    motion: Motion? = nil, jitter: Jitter = .none
  ) {
    self.concept = concept
    self.background = background
    self.size = size
    self.position = position
    self.motion = motion
    self.jitter = jitter
  }
}
