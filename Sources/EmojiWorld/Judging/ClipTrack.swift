/// Track of the foreground over a clip: its path, its growth and its turning, measured without any network.
package struct ClipTrack: Sendable {
  package let background: BackgroundReading
  /// The centre in each frame, in fractions of the side; frames in which nothing stands out are missing.
  package let centers: [SIMD2<Float>]
  /// The square root of the area in each of these frames, in fractions of the side.
  package let sizes: [Float]
  /// Radians a frame, clockwise.
  package let turn: Float
  /// Gain in agreement of neighbouring frames by that turn: 1 − (difference turned / difference unturned), 0…1.
  package let turnGain: Float
  /// Difference of neighbouring frames unturned, as a fraction of their own energy.
  package let unrest: Float

  package init(_ frames: [Canvas]) {
    background = BackgroundReading(of: frames)
    let foregrounds = frames.compactMap { [background] in Foreground($0, on: background) }
    centers = foregrounds.map(\.center)
    sizes = foregrounds.map(\.size)
    let errors = Self.turningErrors(foregrounds.map { $0.polar() })
    let unturned = errors[Self.reach]
    let best = errors.indices.min { errors[$0] < errors[$1] } ?? Self.reach
    turn = Float(best - Self.reach) * 2 * .pi / Float(Foreground.directions)
    turnGain = unturned > 0 ? 1 - errors[best] / unturned : 0
    unrest = unturned
  }

  /// Turns of up to this many of the 96 directions a frame are looked for, both ways: ±75 degrees.
  private static let reach = 20

  /// For each turn from −reach to reach, how much neighbouring frames differ after it, as a fraction of their energy.
  private static func turningErrors(_ views: [[SIMD4<Float>]]) -> [Float] {
    let directions = Foreground.directions
    var errors = [Float](repeating: 0, count: 2 * reach + 1)
    var energy: Float = 0
    for (before, after) in zip(views, views.dropFirst()) {
      for ring in 0..<Foreground.rings {
        // Outer rings stand for more pixels.
        let weight = Float(2 * ring + 1)
        let start = ring * directions
        for direction in 0..<directions {
          let from = before[start + direction]
          energy += weight * ((from * from).sum() + (after[start + direction] * after[start + direction]).sum())
          for turn in -reach...reach {
            let difference = after[start + (direction + turn + directions) % directions] - from
            errors[turn + reach] += weight * (difference * difference).sum()
          }
        }
      }
    }
    return energy > 0 ? errors.map { $0 / energy } : errors
  }
}
