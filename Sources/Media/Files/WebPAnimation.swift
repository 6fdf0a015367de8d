/// A moving WebP, of which FFmpeg decodes no frame by itself.
///
/// RIFF with chunks of four letters and a length: `ANIM`, then an `ANMF` for each frame, whose first 16 bytes say where
/// and how large it is and whose rest is a still picture's chunks (Google's "WebP Container Specification").
enum WebPAnimation {
  /// The first frame as a file of its own; nil for a still picture, and for what is cut off before it.
  ///
  /// - Throws: `MediaError.unsupported` where it covers only a part of the picture.
  static func firstFrame(of bytes: [UInt8], _ path: String) throws -> [UInt8]? {
    var reader = ByteReader(bytes[...])
    guard reader.take(12) != nil else { return nil }
    var canvas: ArraySlice<UInt8>?
    while let name = reader.take(4), let count = reader.littleEndian(4), let content = reader.take(count) {
      if name.elementsEqual("VP8X".utf8), content.count >= 10 {
        // Bit 1 of the flags: moving.
        guard content[content.startIndex] & 2 != 0 else { return nil }
        canvas = content[(content.startIndex + 4)...].prefix(6)
      } else if name.elementsEqual("ANMF".utf8), let canvas, content.count > 16 {
        let (place, size) = (content.prefix(6), content.dropFirst(6).prefix(6))
        guard place.allSatisfy({ $0 == 0 }), size.elementsEqual(canvas) else {
          throw MediaError.unsupported(
            path: path, what: "a moving WebP whose first frame is only a part of the picture")
        }
        return still(content.dropFirst(16), size)
      }
      if count % 2 == 1 { _ = reader.take(1) }
    }
    return nil
  }

  /// The content of the first chunk of this name, in a still picture or a moving one.
  static func chunk(_ wanted: String, in bytes: [UInt8]) -> ArraySlice<UInt8>? {
    var reader = ByteReader(bytes[...])
    _ = reader.take(12)
    while let name = reader.take(4), let count = reader.littleEndian(4), let content = reader.take(count) {
      if name.elementsEqual(wanted.utf8) { return content }
      if count % 2 == 1 { _ = reader.take(1) }
    }
    return nil
  }

  /// The same file with Exif data behind everything else, as the container wants them.
  ///
  /// - Throws: `MediaError.damaged` for what is no WebP.
  static func inserting(exif: [UInt8], into file: [UInt8], width: Int, height: Int, _ path: String) throws -> [UInt8] {
    guard file.count > 20, file.starts(with: "RIFF".utf8) else {
      throw MediaError.damaged(path: path, reason: "the encoder made no WebP")
    }
    var chunks = Array(file[12...])
    if !chunks.starts(with: "VP8X".utf8) {
      // A still picture's only chunk; the header that announces others goes before it.
      let sides = [width - 1, height - 1].flatMap { side in (0..<3).map { UInt8(side >> (8 * $0) & 0xFF) } }
      chunks = Array("VP8X".utf8) + [10, 0, 0, 0, 0, 0, 0, 0] + sides + chunks
    }
    // Bit 3 of the flags: Exif data.
    chunks[8] |= 8
    let padding: [UInt8] = exif.count % 2 == 1 ? [0] : []
    return riff(chunks + Array("EXIF".utf8) + little(exif.count) + exif + padding)
  }

  private static func little(_ count: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } }

  private static func riff(_ chunks: [UInt8]) -> [UInt8] {
    let body = Array("WEBP".utf8) + chunks
    return Array("RIFF".utf8) + little(body.count) + body
  }

  private static func still(_ chunks: ArraySlice<UInt8>, _ size: ArraySlice<UInt8>) -> [UInt8] {
    let hasAlpha = chunks.starts(with: "ALPH".utf8)
    let header: [UInt8] = Array("VP8X".utf8) + [10, 0, 0, 0, hasAlpha ? 0x10 : 0, 0, 0, 0] + size
    return riff(header + chunks)
  }
}
