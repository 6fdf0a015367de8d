/// The orientation that a picture's XMP says: what counts where its Exif data say none, as in Pillow's `Image.getexif`.
enum XMPOrientation {
  /// - Returns: nil where there is no XMP, or it says nothing.
  static func find(in file: [UInt8], _ format: PictureFormat, _ directory: TIFFDirectory?) -> Orientation? {
    switch format {
    case .png: (try? PNGText.read(file, ""))?["XML:com.adobe.xmp"].flatMap { said(Array($0.utf8)[...]) }
    case .jpeg: JPEGComment.segments(0xE1, "http://ns.adobe.com/xap/1.0/\0", in: file).last.flatMap(said)
    case .webp: WebPAnimation.chunk("XMP ", in: file).flatMap(said)
    case .tiff: directory?.bytes(.xmp).flatMap(said)
    case .bmp, .gif, .portableAnymap: nil
    }
  }

  /// The number behind the first `tiff:Orientation="` or `tiff:Orientation>`.
  private static func said(_ text: ArraySlice<UInt8>) -> Orientation? {
    let key = Array("tiff:Orientation".utf8)
    var rest = text
    while let first = rest.firstIndex(of: key[0]) {
      rest = rest[first...]
      if rest.starts(with: key) {
        var value = rest.dropFirst(key.count)
        let mark = [Array("=\"".utf8), Array(">".utf8)].first { value.starts(with: $0) }
        value = value.dropFirst(mark?.count ?? 0)
        if mark != nil, let digit = value.first, (0x30...0x39).contains(digit) {
          return Orientation(rawValue: Int(digit) - 0x30) ?? .upright
        }
      }
      rest = rest.dropFirst()
    }
    return nil
  }
}
