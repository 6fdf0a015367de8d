package import NegativeSpaceTensors

/// The steadiness of what moves: minus the mean absolute difference of neighbouring frames there, after its motion from
/// one to the other is undone.
///
/// The motion of a pair is the whole number of pixels, at most an eighth of the frame, for which what moves in the first
/// frame is nearest to the second: block matching with one block, on constants.
package struct ObjectSteadiness: ClipReward {
  package init() {}

  package func callAsFunction(_ clips: Tensor, reference: Tensor?) -> Tensor {
    let (count, frames) = (clips.size(0), clips.size(1))
    guard frames > 1 else { return .zeros([count]) }
    let moving = 1 - StillPixels.weights(clips)
    let scores = (0..<count).map { clip -> Tensor in
      var (sum, weight) = (Tensor.zeros([]), Tensor.zeros([]))
      for frame in 0..<(frames - 1) {
        func at(_ x: Tensor, _ frame: Int) -> Tensor {
          x.slice(axis: 0, from: clip, to: clip + 1).slice(axis: 1, from: frame, to: frame + 1)
            .reshaped(Array(x.shape[2...]))
        }
        let (one, two, mask) = (at(clips, frame), at(clips, frame + 1), at(moving, frame))
        let shift = Self.motion(from: one, to: two, mask)
        let difference = (one.overlap(-shift.rows, -shift.columns) - two.overlap(shift.rows, shift.columns)).abs()
        let share = mask.overlap(-shift.rows, -shift.columns)
        sum = sum + (difference * share).sum()
        weight = weight + share.sum() * Float(one.size(2))
      }
      return (-sum / (weight + 1e-6)).reshaped([1])
    }
    return Tensor.concatenate(scores, axis: 0)
  }

  /// The shift of (H, W, 3) frames that brings what moves in the first nearest to the second.
  static func motion(from one: Tensor, to two: Tensor, _ mask: Tensor) -> (rows: Int, columns: Int) {
    let (height, width) = (one.size(0), one.size(1))
    let (a, b, weights) = (one.detached.floats, two.detached.floats, mask.detached.floats)
    let places = weights.indices.filter { weights[$0] > 0.5 }
    guard !places.isEmpty else { return (0, 0) }
    var (best, found) = (Float.infinity, (rows: 0, columns: 0))
    for rows in -(height / 8)...(height / 8) {
      for columns in -(width / 8)...(width / 8) {
        var (sum, count) = (Float(0), 0)
        for place in places {
          let (y, x) = (place / width + rows, place % width + columns)
          guard (0..<height).contains(y), (0..<width).contains(x) else { continue }
          for channel in 0..<3 { sum += abs(a[3 * place + channel] - b[3 * (y * width + x) + channel]) }
          count += 1
        }
        // What leaves the frame is no match, and of equal ones the smaller motion is meant.
        guard 2 * count > places.count else { continue }
        let score = sum / Float(count) + 1e-6 * Float(abs(rows) + abs(columns))
        if score < best { (best, found) = (score, (rows, columns)) }
      }
    }
    return found
  }
}

extension Tensor {
  /// The part of (H, W, C) that overlaps with itself moved by some pixels, at the side that it moved to.
  fileprivate func overlap(_ rows: Int, _ columns: Int) -> Tensor {
    slice(axis: 0, from: max(0, rows), to: size(0) + min(0, rows))
      .slice(axis: 1, from: max(0, columns), to: size(1) + min(0, columns))
  }
}
