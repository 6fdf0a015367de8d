import NegativeSpaceTensors

/// A picture as differences of ever smaller ones (Burt and Adelson 1983), as kornia's `build_laplacian_pyramid`.
///
/// Blur, halving and doubling act along each axis alone, so that each is a small matrix.
struct LaplacianPyramid {
  /// One axis: its matrices from level to level, and to the size that all levels need and back.
  private struct Axis {
    let padding: Tensor?
    let length: Int
    /// Blur and halving, doubling and blur, for each level but the last.
    let down: [Tensor]
    let up: [Tensor]
  }

  private let rows: Axis
  private let columns: Axis
  private let levelCount: Int

  init(height: Int, width: Int, levels: Int) {
    func isPowerOfTwo(_ size: Int) -> Bool { size & (size - 1) == 0 }
    let stride = 1 << (levels - 1)
    let isPadded =
      !(isPowerOfTwo(width) || isPowerOfTwo(height)) || height % stride != 0 || width % stride != 0
    func axis(_ length: Int) -> Axis {
      var padded = length
      if isPadded {
        padded = 1
        while padded < length { padded *= 2 }
        padded = max(padded, stride)
      }
      let sizes = (0..<levels).map { padded >> $0 }
      return Axis(
        padding: padded > length ? Self.padding(from: length, to: padded) : nil, length: length,
        down: sizes.dropLast().map { Self.halving($0).matmul(Self.blur($0)) },
        up: sizes.dropFirst().map { Self.blur(2 * $0).matmul(Self.doubling($0)) })
    }
    (rows, columns, levelCount) = (axis(height), axis(width), levels)
  }

  /// The levels of (N, H, W, C), the highest frequencies first.
  func levels(of picture: Tensor) -> [Tensor] {
    var levels: [Tensor] = []
    var current = picture.multiplied(alongHeight: rows.padding, alongWidth: columns.padding)
    for level in 0..<(levelCount - 1) {
      let smaller = current.multiplied(alongHeight: rows.down[level], alongWidth: columns.down[level])
      levels.append(current - smaller.multiplied(alongHeight: rows.up[level], alongWidth: columns.up[level]))
      current = smaller
    }
    return levels + [current]
  }

  /// The picture (N, H, W, C) that has these levels.
  func picture(of levels: [Tensor]) -> Tensor {
    var picture = levels[levelCount - 1]
    for level in (0..<(levelCount - 1)).reversed() {
      picture = picture.multiplied(alongHeight: rows.up[level], alongWidth: columns.up[level]) + levels[level]
    }
    return picture.slice(axis: 1, from: 0, to: rows.length).slice(axis: 2, from: 0, to: columns.length)
  }

  // MARK: Matrices along one axis

  /// The binomial filter 1 4 6 4 1 with mirrored borders.
  private static func blur(_ size: Int) -> Tensor { .filter([1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16], size: size) }

  /// The means of neighbours: bilinear at half the size.
  private static func halving(_ size: Int) -> Tensor {
    .matrix(size / 2, size) { [(column: 2 * $0, weight: 0.5), (column: 2 * $0 + 1, weight: 0.5)] }
  }

  /// Bilinear at twice the size.
  private static func doubling(_ size: Int) -> Tensor {
    .matrix(2 * size, size) { row in
      let neighbour = row % 2 == 0 ? row / 2 - 1 : row / 2 + 1
      return [(column: row / 2, weight: 0.75), (column: min(max(neighbour, 0), size - 1), weight: 0.25)]
    }
  }

  /// Mirrored beyond the end.
  private static func padding(from size: Int, to padded: Int) -> Tensor {
    .matrix(padded, size) { [(column: Tensor.mirrored($0, size), weight: Float(1))] }
  }
}
