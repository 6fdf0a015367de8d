import NegativeSpaceCFFmpeg

extension Picture {
  /// The picture as an FFmpeg frame of packed red, green, blue.
  func frame(_ path: String) throws -> Frame {
    let frame = try Frame(width: width, height: height, format: AV_PIX_FMT_RGB24, path)
    fill(frame, stride: 3, order: (0, 1, 2))
    return frame
  }

  /// Copies the pixels into a packed frame of the same size; a fourth byte is alpha and becomes 255.
  func fill(_ frame: Frame, stride: Int, order: (red: Int, green: Int, blue: Int)) {
    precondition(frame.width == width && frame.height == height, "fill: a frame of another size")
    guard let plane = frame.pointer.pointee.data.0 else { return }
    let lineSize = Int(frame.pointer.pointee.linesize.0)
    pixels.withUnsafeBufferPointer { pixels in
      for y in 0..<height {
        for x in 0..<width {
          let source = (y * width + x) * 3
          let target = plane + y * lineSize + x * stride
          if stride == 4 { target[3] = 255 }
          target[order.red] = pixels[source]
          target[order.green] = pixels[source + 1]
          target[order.blue] = pixels[source + 2]
        }
      }
    }
  }
}
