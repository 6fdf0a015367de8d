import NegativeSpaceCFFmpeg

/// At most 256 colours that stand for all of a picture's, found by cutting the box of its colours again and again
/// (median cut, Heckbert 1982).
struct Palette {
  /// Red, green, blue.
  private(set) var colours: [SIMD3<Int32>]

  /// A box of colours, with how often each occurs.
  private struct Box {
    var colours: [(value: SIMD3<Int32>, count: Int)]

    var count: Int { colours.reduce(0) { $0 + $1.count } }

    var mean: SIMD3<Int32> {
      var sum = SIMD3<Int>()
      for (value, count) in colours { sum &+= SIMD3<Int>(truncatingIfNeeded: value) &* count }
      let total = max(count, 1)
      return SIMD3(truncatingIfNeeded: (sum &+ total / 2) / SIMD3(repeating: total))
    }

    /// The widest side and its length, times what is in the box: the larger, the more is gained by cutting.
    var extent: (axis: Int, gain: Int) {
      var (low, high) = (SIMD3<Int32>(repeating: 255), SIMD3<Int32>())
      for (value, _) in colours {
        low = pointwiseMin(low, value)
        high = pointwiseMax(high, value)
      }
      let sides = high &- low
      let axis = (0..<3).max { sides[$0] < sides[$1] } ?? 0
      return (axis, Int(sides[axis]) * Int(sides[axis]) * min(count, 1 << 24))
    }

    /// Two boxes with about half of the pixels each.
    func cut(across axis: Int) -> (Box, Box) {
      let sorted = colours.sorted {
        ($0.value[axis], $0.value.x, $0.value.y) < ($1.value[axis], $1.value.x, $1.value.y)
      }
      var (taken, place) = (0, 0)
      let half = count / 2
      while place < sorted.count - 1, place == 0 || taken + sorted[place].count <= half {
        taken += sorted[place].count
        place += 1
      }
      return (Box(colours: Array(sorted[..<place])), Box(colours: Array(sorted[place...])))
    }
  }

  init(of picture: Picture) {
    var counts: [Int32: Int] = [:]
    for start in stride(from: 0, to: picture.pixels.count, by: 3) {
      counts[Self.key(picture.pixels, start), default: 0] += 1
    }
    let all = counts.sorted { $0.key < $1.key }.map { key, count in
      (value: SIMD3(key >> 16, key >> 8 & 255, key & 255), count: count)
    }
    var boxes = [(box: Box(colours: all), extent: Box(colours: all).extent)]
    while boxes.count < 256,
      let index = boxes.indices.filter({ boxes[$0].box.colours.count > 1 }).max(by: {
        boxes[$0].extent.gain < boxes[$1].extent.gain
      })
    {
      let (one, other) = boxes[index].box.cut(across: boxes[index].extent.axis)
      boxes[index] = (one, one.extent)
      boxes.append((other, other.extent))
    }
    colours = boxes.map(\.box.mean)
  }

  /// The picture in these colours, each pixel in the nearest.
  func frame(of picture: Picture, _ path: String) throws -> Frame {
    let frame = try Frame(width: picture.width, height: picture.height, format: AV_PIX_FMT_PAL8, path)
    let data = frame.pointer.pointee.data, lineSize = Int(frame.pointer.pointee.linesize.0)
    guard let indices = data.0, let table = data.1 else {
      throw MediaError.codec(operation: "allocating a frame", path: path, code: -12, reason: "out of memory")
    }
    table.withMemoryRebound(to: UInt32.self, capacity: 256) { table in
      for index in 0..<256 {
        let colour = index < colours.count ? colours[index] : SIMD3()
        table[index] = 0xFF00_0000 | UInt32(colour.x) << 16 | UInt32(colour.y) << 8 | UInt32(colour.z)
      }
    }
    var known: [Int32: UInt8] = [:]
    for y in 0..<picture.height {
      for x in 0..<picture.width {
        let key = Self.key(picture.pixels, (y * picture.width + x) * 3)
        let index = known[key] ?? nearest(SIMD3(key >> 16, key >> 8 & 255, key & 255))
        known[key] = index
        indices[y * lineSize + x] = index
      }
    }
    return frame
  }

  private func nearest(_ colour: SIMD3<Int32>) -> UInt8 {
    var (best, distance) = (0, Int32.max)
    for (index, other) in colours.enumerated() {
      let difference = other &- colour
      let square = (difference &* difference).wrappedSum()
      if square < distance { (best, distance) = (index, square) }
    }
    return UInt8(best)
  }

  private static func key(_ pixels: [UInt8], _ start: Int) -> Int32 {
    Int32(pixels[start]) << 16 | Int32(pixels[start + 1]) << 8 | Int32(pixels[start + 2])
  }
}
