extension Picture {
  /// The edges of the picture, white on black (Canny, 1986), as OpenCV's `Canny(grey, low, high)` finds them.
  ///
  /// Grey as OpenCV's `cvtColor` makes it, gradients by a 3×3 Sobel with the border repeated, their size |dx| + |dy|.
  /// An edge is a ridge of these that is above `low` and hangs together with one above `high`.
  package func canny(low: Int = 100, high: Int = 200) -> Picture {
    let edges = EdgeFinder(grey, width: width, height: height).edges(low: low, high: high)
    return Picture(width: width, height: height, pixels: edges.flatMap { [UInt8](repeating: $0 ? 255 : 0, count: 3) })
  }

  /// ITU-R 601 luma in 15-bit fixed point.
  private var grey: [Int] {
    (0..<width * height).map { place in
      let (red, green, blue) = (Int(pixels[3 * place]), Int(pixels[3 * place + 1]), Int(pixels[3 * place + 2]))
      return (red * 9798 + green * 19235 + blue * 3735 + 1 << 14) >> 15
    }
  }
}

/// The gradients of a grey picture and the edges in them.
private struct EdgeFinder {
  private let width: Int
  private let height: Int
  private let dx: [Int]
  private let dy: [Int]
  /// |dx| + |dy| with a border of zeros around: (height + 2, width + 2).
  private let sizes: [Int]

  init(_ grey: [Int], width: Int, height: Int) {
    func value(_ x: Int, _ y: Int) -> Int {
      grey[min(max(y, 0), height - 1) * width + min(max(x, 0), width - 1)]
    }
    var (dx, dy) = ([Int](repeating: 0, count: width * height), [Int](repeating: 0, count: width * height))
    var sizes = [Int](repeating: 0, count: (width + 2) * (height + 2))
    for y in 0..<height {
      for x in 0..<width {
        let (left, right) = (
          value(x - 1, y - 1) + 2 * value(x - 1, y) + value(x - 1, y + 1),
          value(x + 1, y - 1) + 2 * value(x + 1, y) + value(x + 1, y + 1)
        )
        let (above, below) = (
          value(x - 1, y - 1) + 2 * value(x, y - 1) + value(x + 1, y - 1),
          value(x - 1, y + 1) + 2 * value(x, y + 1) + value(x + 1, y + 1)
        )
        let place = y * width + x
        (dx[place], dy[place]) = (right - left, below - above)
        sizes[(y + 1) * (width + 2) + x + 1] = abs(right - left) + abs(below - above)
      }
    }
    (self.width, self.height, self.dx, self.dy, self.sizes) = (width, height, dx, dy, sizes)
  }

  /// True for each pixel that is an edge, row by row.
  func edges(low: Int, high: Int) -> [Bool] {
    var isCandidate = [Bool](repeating: false, count: width * height)
    var isEdge = isCandidate
    var waiting: [Int] = []
    for place in 0..<width * height where isRidge(place, above: low) {
      isCandidate[place] = true
      guard size(place) > high else { continue }
      isEdge[place] = true
      waiting.append(place)
    }
    // From the sure ones to all candidates that touch them, corners too.
    while let place = waiting.popLast() {
      let (x, y) = (place % width, place / width)
      for row in max(y - 1, 0)...min(y + 1, height - 1) {
        for column in max(x - 1, 0)...min(x + 1, width - 1) {
          let next = row * width + column
          guard isCandidate[next], !isEdge[next] else { continue }
          isEdge[next] = true
          waiting.append(next)
        }
      }
    }
    return isEdge
  }

  private func size(_ place: Int, _ right: Int = 0, _ down: Int = 0) -> Int {
    sizes[(place / width + 1 + down) * (width + 2) + place % width + 1 + right]
  }

  /// True if the gradient is larger than its two neighbours along its own direction, rounded to eighths of a turn.
  ///
  /// Of two equal ones, the one to the right or below is none.
  private func isRidge(_ place: Int, above low: Int) -> Bool {
    let size = size(place)
    guard size > low else { return false }
    // tan 22.5° in 15-bit fixed point; tan 67.5° is 2 more.
    let (x, y) = (abs(dx[place]), abs(dy[place]) << 15)
    let shallow = x * 13573
    if y < shallow { return size > self.size(place, -1) && size >= self.size(place, 1) }
    if y > shallow + x << 16 { return size > self.size(place, 0, -1) && size >= self.size(place, 0, 1) }
    let side = (dx[place] < 0) != (dy[place] < 0) ? -1 : 1
    return size > self.size(place, -side, -1) && size > self.size(place, side, 1)
  }
}
