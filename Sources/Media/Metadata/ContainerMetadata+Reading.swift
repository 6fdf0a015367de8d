extension ContainerMetadata {
  /// Texts longer than this in all are not read.
  package static let limit = 1 << 24

  /// The texts of a PNG, a JPEG, a WebP or a video; the content decides which it is.
  ///
  /// Empty where there are none.
  /// - Throws: `MediaError.cannotRead`, `.unknownContent` or `.damaged`.
  package static func read(_ path: String) throws -> ContainerMetadata {
    let start = try FileBytes.start(of: path, count: 16)
    guard let format = PictureFormat(startingWith: start) else {
      return ContainerMetadata(texts: try VideoFile(path).texts)
    }
    switch format {
    case .png, .jpeg, .webp:
      let bytes = try FileBytes.read(path)
      var found = ContainerMetadata()
      if format == .png { found.texts = try PNGText.read(bytes, path) }
      if format == .jpeg { found.texts = try JPEGComment.read(bytes, path) }
      // A comment or chunk of ours goes before what Exif says; A1111's goes before a comment that is no more than one.
      if found.negspace == nil {
        let exif = ExifTexts.read(bytes, format)
        found.texts.merge(exif) { format == .png ? $0 : $1 }
      }
      return found
    case .bmp, .gif, .tiff, .portableAnymap: return ContainerMetadata()
    }
  }
}
