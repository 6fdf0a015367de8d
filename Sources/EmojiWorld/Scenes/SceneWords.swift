/// Size of the emoji; the raw value is the plainest word for it.
package enum SceneSize: String, CaseIterable, Sendable {
  case small, medium, large

  /// The longer edge as a fraction of the picture's side.
  package var fraction: Float {
    switch self {
    case .small: 0.34
    case .medium: 0.52
    case .large: 0.74
    }
  }
}

/// Position of the emoji.
package enum ScenePosition: String, CaseIterable, Sendable {
  case center, left, right, top, bottom

  /// Place of the centre between the picture's middle (0) and as far out as the emoji still fits (±1).
  package var direction: SIMD2<Float> {
    switch self {
    case .center: SIMD2(0, 0)
    case .left: SIMD2(-1, 0)
    case .right: SIMD2(1, 0)
    case .top: SIMD2(0, -1)
    case .bottom: SIMD2(0, 1)
    }
  }
}

/// Motion of the emoji over a clip.
package enum Motion: String, CaseIterable, Sendable {
  case left, right, up, down, growing, shrinking, spinning, bouncing, still

  /// The positions that do not contradict the motion.
  package var positions: [ScenePosition] {
    switch self {
    case .left, .right: [.center, .top, .bottom]
    case .up, .down, .bouncing: [.center, .left, .right]
    case .growing, .shrinking: [.center]
    case .spinning, .still: ScenePosition.allCases
    }
  }
}
