import NegativeSpaceCFFmpeg

extension Picture {
  /// The picture as luma and halved colour differences in a frame of the format `yuv420p` (or `yuvj420p`).
  ///
  /// A colour sample is the mean of the pixels around its place: of four for `.between`, of three columns weighed 1 2 1
  /// for `.onFirst`; rounded once.
  func planes(
    _ matrix: ColourMatrix, across: ChromaPlacement, format: AVPixelFormat, _ path: String
  ) throws -> Frame {
    let frame = try Frame(width: width, height: height, format: format, path)
    let data = frame.pointer.pointee.data, lines = frame.pointer.pointee.linesize
    guard let luma = data.0, let cb = data.1, let cr = data.2 else {
      throw MediaError.codec(operation: "allocating a frame", path: path, code: -12, reason: "out of memory")
    }
    let weights = matrix.fromRGB
    let half: Int32 = 1 << (ColourMatrix.bits - 1)
    pixels.withUnsafeBufferPointer { pixels in
      /// Red, green and blue at a place, which is moved to the edge if it is outside.
      func colour(_ x: Int, _ y: Int) -> SIMD3<Int32> {
        let start = (min(y, height - 1) * width + max(0, min(x, width - 1))) * 3
        return SIMD3(Int32(pixels[start]), Int32(pixels[start + 1]), Int32(pixels[start + 2]))
      }
      for y in 0..<height {
        for x in 0..<width {
          let value = (colour(x, y) &* weights.luma).wrappedSum() + half
          luma[y * Int(lines.0) + x] = clamp(value >> Int32(ColourMatrix.bits) + matrix.black)
        }
      }
      for y in 0..<(height + 1) / 2 {
        for x in 0..<(width + 1) / 2 {
          // Eighths.
          var sum = SIMD3<Int32>()
          for row in [2 * y, 2 * y + 1] {
            switch across {
            case .between: sum &+= (colour(2 * x, row) &+ colour(2 * x + 1, row)) &* 2
            case .onFirst: sum &+= colour(2 * x - 1, row) &+ colour(2 * x, row) &* 2 &+ colour(2 * x + 1, row)
            }
          }
          let bits = Int32(ColourMatrix.bits + 3)
          cb[y * Int(lines.1) + x] = clamp(((sum &* weights.cb).wrappedSum() + half * 8) >> bits + 128)
          cr[y * Int(lines.2) + x] = clamp(((sum &* weights.cr).wrappedSum() + half * 8) >> bits + 128)
        }
      }
    }
    return frame
  }
}
