extension ContainerMetadata {
  /// Texts longer than this in all are not read.
  package static let limit = 1 << 24

  /// The texts of a PNG, a JPEG or a video; the content decides which it is.
  ///
  /// Empty where there are none.
  /// - Throws: `MediaError.cannotRead`, `.unknownContent` or `.damaged`.
  package static func read(_ path: String) throws -> ContainerMetadata {
    let start = try FileBytes.start(of: path, count: 16)
    switch PictureFormat(startingWith: start) {
    case .png: return ContainerMetadata(texts: try PNGText.read(FileBytes.read(path), path))
    case .jpeg: return ContainerMetadata(texts: try JPEGComment.read(FileBytes.read(path), path))
    case .webp, .bmp, .gif, .tiff, .portableAnymap: return ContainerMetadata()
    case nil: return ContainerMetadata(texts: try VideoFile(path).texts)
    }
  }
}
