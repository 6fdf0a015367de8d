import NegativeSpaceCFFmpeg

/// A decoded frame of three planes, luma and two colour differences, 8 to 16 bits a sample.
struct PlanarPixels {
  private let frame: Frame
  /// Halvings of the colour planes, (horizontally, vertically).
  private let halvings: (Int, Int)
  private let depth: Int

  /// Nil where the frame is not of this kind: packed, RGB, big-endian, or halved more than once.
  init?(_ frame: Frame) {
    guard let format = av_pix_fmt_desc_get(frame.format)?.pointee else { return nil }
    let other = UInt64(AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_BE | AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_PAL)
    let components = [format.comp.0, format.comp.1, format.comp.2]
    guard format.flags & other == 0, format.nb_components >= 3, format.log2_chroma_w <= 1, format.log2_chroma_h <= 1,
      components.enumerated().allSatisfy({ index, component in
        component.plane == index && component.depth == format.comp.0.depth && component.shift == 0
          && component.step == (component.depth > 8 ? 2 : 1)
      }), (8...16).contains(format.comp.0.depth)
    else { return nil }
    let data = frame.pointer.pointee.data
    guard data.0 != nil, data.1 != nil, data.2 != nil, frame.width > 0, frame.height > 0 else { return nil }
    self.frame = frame
    halvings = (Int(format.log2_chroma_w), Int(format.log2_chroma_h))
    depth = Int(format.comp.0.depth)
  }

  /// The pixels as red, green and blue.
  func picture(_ matrix: ColourMatrix, across: ChromaPlacement, down: ChromaPlacement, _ rounding: ChromaRounding)
    -> Picture
  {
    let width = frame.width, height = frame.height
    let columns = halvings.0 == 0 ? width : (width + 1) / 2
    let rows = halvings.1 == 0 ? height : (height + 1) / 2
    let places = (0..<width).map { x in
      halvings.0 == 0 ? (near: x, far: x, quarters: 4) : across.neighbours(of: x, count: columns)
    }
    let biases = (0..<2).map {
      halvings == (0, 0) ? 8 : rounding.bias(column: $0, hasHalvedRows: halvings.1 == 1)
    }
    let weights = matrix.toRGB, black = matrix.black
    let half: Int32 = 1 << (ColourMatrix.bits - 1)
    var luma = [Int32](repeating: 0, count: width)
    // Two rows of each colour plane, then their mixture in quarters.
    var cb = [Int32](repeating: 0, count: columns), cr = cb, other = cb

    let pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { target, count in
      for y in 0..<height {
        let (near, far, quarters) = halvings.1 == 0 ? (y, y, 4) : down.neighbours(of: y, count: rows)
        load(0, row: y, into: &luma)
        mix(1, near, far, quarters, into: &cb, &other)
        mix(2, near, far, quarters, into: &cr, &other)
        for x in 0..<width {
          let place = places[x], bias = biases[x & 1]
          let first = place.quarters, second = 4 - first
          let u = (cb[place.near] * first + cb[place.far] * second + bias) >> 4 - 128
          let v = (cr[place.near] * first + cr[place.far] * second + bias) >> 4 - 128
          let base = (luma[x] - black) * weights.luma + half
          let start = (y * width + x) * 3
          target[start] = clamp((base + v * weights.redFromCr) >> Int32(ColourMatrix.bits))
          target[start + 1] = clamp(
            (base + u * weights.greenFromCb + v * weights.greenFromCr) >> Int32(ColourMatrix.bits))
          target[start + 2] = clamp((base + u * weights.blueFromCb) >> Int32(ColourMatrix.bits))
        }
      }
      count = width * height * 3
    }
    return Picture(width: width, height: height, pixels: pixels)
  }

  /// One row of the colour plane in quarters, between the rows `near` and `far`.
  private func mix(
    _ plane: Int, _ near: Int, _ far: Int, _ quarters: Int32, into row: inout [Int32], _ other: inout [Int32]
  ) {
    load(plane, row: near, into: &row)
    load(plane, row: far, into: &other)
    for x in row.indices { row[x] = row[x] * quarters + other[x] * (4 - quarters) }
  }

  /// One row of a plane, brought to 8 bits.
  private func load(_ plane: Int, row: Int, into values: inout [Int32]) {
    let data = frame.pointer.pointee.data, lines = frame.pointer.pointee.linesize
    let (start, lineSize) =
      switch plane {
      case 0: (data.0, lines.0)
      case 1: (data.1, lines.1)
      default: (data.2, lines.2)
      }
    guard let bytes = start.map({ $0 + row * Int(lineSize) }) else { return }
    if depth == 8 {
      for x in values.indices { values[x] = Int32(bytes[x]) }
    } else {
      let shift = Int32(depth - 8), bias: Int32 = 1 << (shift - 1)
      for x in values.indices {
        let sample = Int32(bytes[2 * x]) | Int32(bytes[2 * x + 1]) << 8
        values[x] = min(255, (sample + bias) >> shift)
      }
    }
  }
}

/// A value brought into 0…255.
@inline(__always)
func clamp(_ value: Int32) -> UInt8 { UInt8(truncatingIfNeeded: max(0, min(255, value))) }
