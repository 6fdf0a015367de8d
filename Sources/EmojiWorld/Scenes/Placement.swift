import Foundation

/// Position, size and angle at which a sprite is drawn in one frame.
package struct Placement: Sendable, Equatable {
  /// In fractions of the picture's side; x to the right, y down.
  package var center: SIMD2<Float>
  /// The longer edge in fractions of the picture's side.
  package var size: Float
  /// Radians, clockwise.
  package var angle: Float

  package init(center: SIMD2<Float>, size: Float, angle: Float = 0) {
    self.center = center
    self.size = size
    self.angle = angle
  }
}

extension Scene {
  /// A full turn of a spinning emoji takes this many frames, however long the clip is.
  package static let framesPerTurn = 16

  /// Placement of the emoji in frame `frame` of `frames`.
  ///
  /// With u = frame/(frames−1): left, right, up and down cross the room that the emoji leaves, growing goes from 0.24
  /// to 0.84 of the side and shrinking back, bouncing leaves the ground twice (|sin 2πu|), spinning
  /// turns clockwise by 1/16 of a circle a frame. A picture, and a still clip, is the first frame of staying.
  package func placement(frame: Int, of frames: Int) -> Placement {
    let u = frames > 1 ? Float(frame) / Float(frames - 1) : 0
    var placement = Placement(center: SIMD2(repeating: 0.5), size: size.fraction * jitter.scale, angle: jitter.angle)
    // Room on each side when the emoji is in the middle; a wide one keeps some to move.
    let room = max(0.5 - placement.size / 2 - 0.02, 0.13)

    placement.center += position.direction * room
    switch motion {
    case .left: placement.center.x = 0.5 + room * (1 - 2 * u)
    case .right: placement.center.x = 0.5 - room * (1 - 2 * u)
    case .up: placement.center.y = 0.5 + room * (1 - 2 * u)
    case .down: placement.center.y = 0.5 - room * (1 - 2 * u)
    case .growing: placement.size = jitter.scale * (0.24 + 0.6 * u)
    case .shrinking: placement.size = jitter.scale * (0.84 - 0.6 * u)
    case .spinning: placement.angle += 2 * .pi * Float(frame) / Float(Self.framesPerTurn)
    case .bouncing: placement.center.y = 0.5 + room * (1 - 2 * abs(sin(2 * .pi * u)))
    case .still: placement.angle = 0
    case nil: break
    }
    placement.center += jitter.offset
    return placement
  }
}
