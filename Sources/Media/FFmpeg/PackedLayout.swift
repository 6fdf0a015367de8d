import NegativeSpaceCFFmpeg

/// Offsets of red, green and blue within one pixel of a packed format; 16-bit values give their upper byte.
///
/// Such frames are copied, not converted: what a lossless file holds is what is shown. Alpha is dropped.
struct PackedLayout {
  let stride: Int
  let red: Int
  let green: Int
  let blue: Int

  init?(_ format: AVPixelFormat) {
    switch format {
    case AV_PIX_FMT_RGB24: self.init(3, 0, 1, 2)
    case AV_PIX_FMT_BGR24: self.init(3, 2, 1, 0)
    case AV_PIX_FMT_RGBA, AV_PIX_FMT_RGB0: self.init(4, 0, 1, 2)
    case AV_PIX_FMT_BGRA, AV_PIX_FMT_BGR0: self.init(4, 2, 1, 0)
    case AV_PIX_FMT_ARGB, AV_PIX_FMT_0RGB: self.init(4, 1, 2, 3)
    case AV_PIX_FMT_ABGR, AV_PIX_FMT_0BGR: self.init(4, 3, 2, 1)
    case AV_PIX_FMT_GRAY8: self.init(1, 0, 0, 0)
    case AV_PIX_FMT_YA8: self.init(2, 0, 0, 0)
    case AV_PIX_FMT_GRAY16BE: self.init(2, 0, 0, 0)
    case AV_PIX_FMT_GRAY16LE: self.init(2, 1, 1, 1)
    case AV_PIX_FMT_YA16BE: self.init(4, 0, 0, 0)
    case AV_PIX_FMT_RGB48BE: self.init(6, 0, 2, 4)
    case AV_PIX_FMT_RGB48LE: self.init(6, 1, 3, 5)
    case AV_PIX_FMT_RGBA64BE: self.init(8, 0, 2, 4)
    case AV_PIX_FMT_RGBA64LE: self.init(8, 1, 3, 5)
    default: return nil
    }
  }

  private init(_ stride: Int, _ red: Int, _ green: Int, _ blue: Int) {
    self.stride = stride
    self.red = red
    self.green = green
    self.blue = blue
  }
}

extension Frame {
  /// The frame's pixels copied without any conversion, or nil where its format needs one.
  func copiedPicture() -> Picture? {
    if let layout = PackedLayout(format) { return copied(layout) }
    switch format {
    case AV_PIX_FMT_PAL8: return copiedPalette()
    case AV_PIX_FMT_MONOBLACK: return copiedBits(whenSet: 255)
    case AV_PIX_FMT_MONOWHITE: return copiedBits(whenSet: 0)
    case AV_PIX_FMT_GBRP, AV_PIX_FMT_GBRAP: return copiedPlanes()
    default: return nil
    }
  }

  private func copied(_ layout: PackedLayout) -> Picture? {
    makePicture { row, target in
      for x in 0..<width {
        let pixel = row + x * layout.stride
        target[x * 3] = pixel[layout.red]
        target[x * 3 + 1] = pixel[layout.green]
        target[x * 3 + 2] = pixel[layout.blue]
      }
    }
  }

  /// Indices into 256 colours, each stored as one 32-bit number 0xAARRGGBB.
  private func copiedPalette() -> Picture? {
    guard let palette = pointer.pointee.data.1 else { return nil }
    return palette.withMemoryRebound(to: UInt32.self, capacity: 256) { palette in
      makePicture { row, target in
        for x in 0..<width {
          let colour = palette[Int(row[x])]
          target[x * 3] = UInt8(truncatingIfNeeded: colour >> 16)
          target[x * 3 + 1] = UInt8(truncatingIfNeeded: colour >> 8)
          target[x * 3 + 2] = UInt8(truncatingIfNeeded: colour)
        }
      }
    }
  }

  /// One bit a pixel, the uppermost first.
  private func copiedBits(whenSet value: UInt8) -> Picture? {
    makePicture { row, target in
      for x in 0..<width {
        let bit = row[x / 8] >> UInt8(7 - x % 8) & 1
        let level = bit == 1 ? value : 255 - value
        for channel in 0..<3 { target[x * 3 + channel] = level }
      }
    }
  }

  /// Green, blue and red in planes of their own.
  private func copiedPlanes() -> Picture? {
    let data = pointer.pointee.data, lines = pointer.pointee.linesize
    guard let green = data.0, let blue = data.1, let red = data.2 else { return nil }
    return makePicture { row, target in
      let y = (row - UnsafePointer(green)) / Int(lines.0)
      for x in 0..<width {
        target[x * 3] = red[y * Int(lines.2) + x]
        target[x * 3 + 1] = green[y * Int(lines.0) + x]
        target[x * 3 + 2] = blue[y * Int(lines.1) + x]
      }
    }
  }

  /// Fills a picture row by row from the frame's first plane.
  func makePicture(
    _ fill: (_ row: UnsafePointer<UInt8>, _ target: UnsafeMutablePointer<UInt8>) -> Void
  ) -> Picture? {
    guard width > 0, height > 0, let plane = pointer.pointee.data.0 else { return nil }
    let lineSize = Int(pointer.pointee.linesize.0)
    let pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { bytes, count in
      guard let start = bytes.baseAddress else { return }
      for y in 0..<height { fill(plane + y * lineSize, start + y * width * 3) }
      count = width * height * 3
    }
    return Picture(width: width, height: height, pixels: pixels)
  }
}
