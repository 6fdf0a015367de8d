/// Boiling of a clip: how much what it shows changes from frame to frame beside its motion.
package struct Boiling: Sendable {
  /// The mean absolute second difference in time inside the emoji, of colours in 0…1, after its motion, its growth and
  /// its turning are undone.
  package let value: Float

  /// - Parameter frames: of one clip.
  /// - Returns: nil where fewer than three neighbouring frames show something.
  package init?(_ frames: [Canvas]) {
    let background = BackgroundReading(of: frames)
    let foregrounds = frames.map { Foreground($0, on: background) }
    let turn = Self.turn(frames)
    // Rings around the centre that grow with the size: in them only turning is left.
    let views = foregrounds.enumerated().map { frame, foreground in
      foreground.map { Self.turned($0.polar(), by: -turn * frame) }
    }
    var (sum, weight) = (Float(0), Float(0))
    for middle in views.indices.dropFirst().dropLast() {
      guard let before = views[middle - 1], let at = views[middle], let after = views[middle + 1] else { continue }
      for place in at.indices {
        let share = at[place].w * Float(2 * (place / Foreground.directions) + 1)
        let change = before[place] + after[place] - 2 * at[place]
        sum += share * (abs(change.x) + abs(change.y) + abs(change.z)) / 3
        weight += share
      }
    }
    guard weight > 0 else { return nil }
    value = sum / weight
  }

  /// Directions that the emoji turns by in a frame; 0 where turning explains little.
  private static func turn(_ frames: [Canvas]) -> Int {
    let track = ClipTrack(frames)
    guard track.turnGain > 0.3 else { return 0 }
    return Int((track.turn / (2 * .pi) * Float(Foreground.directions)).rounded())
  }

  private static func turned(_ view: [SIMD4<Float>], by turn: Int) -> [SIMD4<Float>] {
    let directions = Foreground.directions
    return view.indices.map { place in
      let (ring, direction) = (place / directions, place % directions)
      let from = ((direction - turn) % directions + directions) % directions
      return view[ring * directions + from]
    }
  }
}
