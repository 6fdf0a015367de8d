/// The text of whoever made a picture in its Exif data (Exif 2.3, 4.6.5: `UserComment`), where A1111 stores its settings
/// in JPEG and WebP.
enum ExifComment {
  static func read(_ file: [UInt8], _ format: PictureFormat) -> String? {
    let exif: ArraySlice<UInt8>? =
      switch format {
      case .png: PNGText.exif(in: file)
      case .jpeg: JPEGComment.segments(0xE1, "Exif\0\0", in: file).first
      case .webp: WebPAnimation.chunk("EXIF", in: file).map { PNGText.withoutMark($0) }
      case .bmp, .gif, .tiff, .portableAnymap: nil
      }
    guard let exif, let place = TIFFDirectory(exif)?.numbers(.exif).first,
      let comment = TIFFDirectory(exif, at: place)?.bytes(.userComment), comment.count > codeLength
    else { return nil }
    let text = decoded(code: comment.prefix(codeLength), comment.dropFirst(codeLength))
    return text.isEmpty ? nil : text
  }

  /// Bytes that say which letters follow.
  private static let codeLength = 8

  private static func decoded(code: ArraySlice<UInt8>, _ bytes: ArraySlice<UInt8>) -> String {
    guard code.starts(with: "UNICODE".utf8) else {
      return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    let pairs = stride(from: bytes.startIndex, to: bytes.endIndex - 1, by: 2).map { (bytes[$0], bytes[$0 + 1]) }
    // Its order is not said. Of plain letters the upper byte is zero.
    let isLittle = pairs.count { $0.1 == 0 } > pairs.count { $0.0 == 0 }
    let units = pairs.map { isLittle ? UInt16($0.1) << 8 | UInt16($0.0) : UInt16($0.0) << 8 | UInt16($0.1) }
    return String(decoding: units.filter { $0 != 0 && $0 != 0xFEFF }, as: UTF16.self)
  }
}
