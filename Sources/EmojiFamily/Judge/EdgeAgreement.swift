import NegativeSpaceEmojiWorld
import NegativeSpaceMedia

/// Agreement of a picture's edges with those that were asked for.
package struct EdgeAgreement {
  /// The harmonic mean of the share of wanted edge pixels that were found and of found ones that were wanted, each
  /// within a 64th of the picture's edge.
  package let score: Float

  /// - Parameters:
  ///   - wanted: whether there is an edge, row by row.
  ///   - found: as many.
  package init(wanted: [Bool], found: [Bool], width: Int) {
    let recall = Self.share(of: wanted, near: found, width)
    let precision = Self.share(of: found, near: wanted, width)
    score = recall + precision > 0 ? 2 * recall * precision / (recall + precision) : 0
  }

  /// The share of `pixels` that have one of `others` nearby.
  private static func share(of pixels: [Bool], near others: [Bool], _ width: Int) -> Float {
    let height = pixels.count / width
    let reach = max(1, width / 64)
    var (hits, total) = (0, 0)
    for place in pixels.indices where pixels[place] {
      let (x, y) = (place % width, place / width)
      let rows = max(0, y - reach)...min(height - 1, y + reach)
      let columns = max(0, x - reach)...min(width - 1, x + reach)
      total += 1
      if rows.contains(where: { row in columns.contains { others[row * width + $0] } }) { hits += 1 }
    }
    return total > 0 ? Float(hits) / Float(total) : 0
  }
}

extension Canvas {
  /// Whether Canny finds an edge, row by row.
  var edges: [Bool] {
    let picture = picture.canny()
    return stride(from: 0, to: picture.pixels.count, by: 3).map { picture.pixels[$0] > 0 }
  }
}
