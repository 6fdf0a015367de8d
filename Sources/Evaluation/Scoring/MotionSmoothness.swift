import NegativeSpaceMedia

/// How well every second frame of a clip is foretold by its two neighbours, 0 to 1 (VBench's motion smoothness,
/// arXiv:2311.17982).
///
/// VBench interpolates with AMT, a network. Here it is done block by block: the shift d for which the frame before at x − d
/// and the frame after at x + d are nearest, and the mean of the two. What moves evenly is foretold, what jumps is not.
enum MotionSmoothness {
  private static let block = 8

  /// 1 minus the mean absolute difference; 1 of fewer than three frames.
  static func score(_ frames: [Picture]) -> Double {
    let places = stride(from: 1, to: frames.count - 1, by: 2)
    var (sum, count) = (0, 0)
    for place in places {
      let (before, at, after) = (frames[place - 1], frames[place], frames[place + 1])
      for y in stride(from: 0, to: at.height, by: block) {
        for x in stride(from: 0, to: at.width, by: block) {
          let rows = y..<min(at.height, y + block)
          let columns = x..<min(at.width, x + block)
          sum += error(before, at, after, rows, columns)
          count += rows.count * columns.count * 3
        }
      }
    }
    return count == 0 ? 1 : 1 - Double(sum) / Double(count) / 255
  }

  /// The sum of absolute differences of a block to what its neighbours foretell.
  private static func error(
    _ before: Picture, _ at: Picture, _ after: Picture, _ rows: Range<Int>, _ columns: Range<Int>
  ) -> Int {
    let reach = min(8, min(at.width, at.height) / 16)
    var (best, found) = (Int.max, (rows: 0, columns: 0))
    for row in -reach...reach {
      for column in -reach...reach {
        guard rows.lowerBound - abs(row) >= 0, rows.upperBound + abs(row) <= at.height,
          columns.lowerBound - abs(column) >= 0, columns.upperBound + abs(column) <= at.width
        else { continue }
        // Of equal ones the smaller motion is meant.
        var difference = 8 * (abs(row) + abs(column))
        for y in rows where difference < best {
          for x in columns {
            let one = ((y - row) * at.width + x - column) * 3
            let two = ((y + row) * at.width + x + column) * 3
            for channel in 0..<3 {
              difference += abs(Int(before.pixels[one + channel]) - Int(after.pixels[two + channel]))
            }
          }
        }
        if difference < best { (best, found) = (difference, (row, column)) }
      }
    }
    var sum = 0
    for y in rows {
      for x in columns {
        let one = ((y - found.rows) * at.width + x - found.columns) * 3
        let two = ((y + found.rows) * at.width + x + found.columns) * 3
        let own = (y * at.width + x) * 3
        for channel in 0..<3 {
          let mean = (Int(before.pixels[one + channel]) + Int(after.pixels[two + channel])) / 2
          sum += abs(Int(at.pixels[own + channel]) - mean)
        }
      }
    }
    return sum
  }
}
