import Foundation

/// Judge of the motion that a clip shows, one of nine, by the path, growth and turning of its foreground.
package enum MotionJudge {
  /// Nil if in more than half of the frames nothing stands out from the background.
  package static func judge(_ frames: [Canvas]) -> Motion? {
    let track = ClipTrack(frames)
    guard track.centers.count * 2 > frames.count, track.centers.count > 1 else { return nil }
    return judge(track)
  }

  package static func judge(_ track: ClipTrack) -> Motion {
    let x = Trend(track.centers.map(\.x))
    let y = Trend(track.centers.map(\.y))
    let growth = Trend(track.sizes.map { log($0) })

    // A factor of 1.7 from the first frame to the last, three and a half when it is done as it is rendered.
    if abs(growth.rise) > 0.53, growth.isSteady { return growth.rise > 0 ? .growing : .shrinking }
    // Turning comes before moving: turning around another point than the centre of area moves it a little, too. Six
    // degrees a frame are a quarter of a circle in 16 frames.
    let turns = abs(track.turn) > 0.1 && track.unrest > 0.005
    if turns, track.turnGain > 0.6 { return .spinning }
    // Across: a large emoji has a quarter of the side to move in.
    let crossing = abs(x.rise) > abs(y.rise) ? x : y
    if abs(crossing.rise) > 0.12, crossing.isSteady {
      if abs(x.rise) > abs(y.rise) { return x.rise > 0 ? .right : .left }
      return y.rise > 0 ? .down : .up
    }
    if turns, track.turnGain > 0.3 { return .spinning }
    if y.deviation > 0.035, y.deviation > 1.5 * x.deviation { return .bouncing }
    return .still
  }

  /// A straight line through a series, and how far the series strays from it.
  private struct Trend {
    /// The line's rise from the first value to the last.
    let rise: Float
    /// Root mean square distance from the line.
    let deviation: Float

    /// Whether the rise explains most of what happens.
    var isSteady: Bool { abs(rise) > 3 * deviation }

    init(_ values: [Float]) {
      let count = Float(values.count)
      let mean = values.reduce(0, +) / count
      let middle = (count - 1) / 2
      var (covariance, variance) = (Float(0), Float(0))
      for (index, value) in values.enumerated() {
        covariance += (Float(index) - middle) * (value - mean)
        variance += (Float(index) - middle) * (Float(index) - middle)
      }
      let slope = variance > 0 ? covariance / variance : 0
      var error: Float = 0
      for (index, value) in values.enumerated() {
        let difference = value - mean - slope * (Float(index) - middle)
        error += difference * difference
      }
      rise = slope * (count - 1)
      deviation = (error / count).squareRoot()
    }
  }
}
