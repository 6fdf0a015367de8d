import NegativeSpaceCFFmpeg

extension Picture {
  /// The quality of a JPEG or WebP file where none is asked for, as diffusers' and A1111's users have it.
  package static let usualQuality = 90

  /// Writes a PNG, JPEG or WebP file, by the name's ending.
  ///
  /// The file appears whole or not at all.
  ///
  /// `quality`, 1…100, is for JPEG and WebP.
  /// - Throws: `MediaError`.
  package func write(
    to path: String, metadata: ContainerMetadata = ContainerMetadata(), quality: Int = usualQuality
  ) throws {
    let bytes = try encoded(as: PictureFormat(forWriting: path), metadata: metadata, quality: quality, path: path)
    try FileBytes.write(bytes, to: path)
  }

  /// The bytes of a PNG, JPEG or WebP file; `path` is only for messages.
  /// - Throws: `MediaError`.
  package func encoded(
    as format: PictureFormat, metadata: ContainerMetadata = ContainerMetadata(), quality: Int = usualQuality,
    path: String
  ) throws -> [UInt8] {
    FFmpegLog.begin()
    let quality = max(1, min(100, quality))
    switch format {
    case .png: return try PNGText.inserting(metadata, into: encodedPNG(path), path)
    case .jpeg: return try JPEGComment.inserting(metadata, into: encodedJPEG(quality, path), path)
    case .webp:
      let file = try encodedWebP(quality, path)
      guard !metadata.texts.isEmpty else { return file }
      return try WebPAnimation.inserting(exif: ExifTexts.data(metadata), into: file, width: width, height: height, path)
    default: throw MediaError.unknownExtension(path: path, expected: ".png, .jpg or .webp")
    }
  }

  private func encodedPNG(_ path: String) throws -> [UInt8] {
    let codec = try encoder("png", AV_PIX_FMT_RGB24, path)
    codec.pointer.pointee.compression_level = 6
    try codec.open(["pred": "mixed"])
    return try encode(frame(path), with: codec, path)
  }

  private func encodedWebP(_ quality: Int, _ path: String) throws -> [UInt8] {
    // Given RGB, libwebp makes its own luma and colour planes, as it does for every other program.
    let codec = try encoder("libwebp", AV_PIX_FMT_BGRA, path)
    try codec.open(["quality": "\(quality)", "compression_level": "4"])
    let target = try Frame(width: width, height: height, format: AV_PIX_FMT_BGRA, path)
    fill(target, stride: 4, order: (2, 1, 0))
    return try encode(target, with: codec, path)
  }

  private func encodedJPEG(_ quality: Int, _ path: String) throws -> [UInt8] {
    let codec = try encoder("mjpeg", AV_PIX_FMT_YUVJ420P, path)
    codec.pointer.pointee.color_range = AVCOL_RANGE_JPEG
    codec.pointer.pointee.flags |= codecFixedQuantiser
    codec.pointer.pointee.global_quality = JPEGTables.neutralQuantiser * lambdaPerQuantiserStep
    // The codec frees its own tables.
    codec.pointer.pointee.intra_matrix = JPEGTables.allocate(JPEGTables.luma, quality: quality)
    codec.pointer.pointee.chroma_intra_matrix = JPEGTables.allocate(JPEGTables.chroma, quality: quality)
    try codec.open(["huffman": "optimal"])
    let target = try planes(.bt601(isFullRange: true), across: .between, format: AV_PIX_FMT_YUVJ420P, path)
    target.pointer.pointee.quality = codec.pointer.pointee.global_quality
    return try encode(target, with: codec, path)
  }

  /// An encoder for still pictures of this size, not yet opened.
  private func encoder(_ name: String, _ format: AVPixelFormat, _ path: String) throws -> Codec {
    let codec = try Codec(avcodec_find_encoder_by_name(name), named: name, path)
    codec.pointer.pointee.width = Int32(width)
    codec.pointer.pointee.height = Int32(height)
    codec.pointer.pointee.pix_fmt = format
    codec.pointer.pointee.time_base = AVRational(num: 1, den: 1)
    // PNG writes it down; without it, as 0 to 1.
    codec.pointer.pointee.sample_aspect_ratio = AVRational(num: 1, den: 1)
    codec.pointer.pointee.flags |= codecBitExact
    return codec
  }

  /// One frame in, one packet out.
  private func encode(_ frame: Frame, with codec: Codec, _ path: String) throws -> [UInt8] {
    let packet = try Packet(path)
    frame.pointer.pointee.pts = 0
    try check(avcodec_send_frame(codec.pointer, frame.pointer), "encoding", path)
    avcodec_send_frame(codec.pointer, nil)
    try check(avcodec_receive_packet(codec.pointer, packet.pointer), "encoding", path)
    return Array(UnsafeBufferPointer(start: packet.pointer.pointee.data, count: Int(packet.pointer.pointee.size)))
  }
}
