import NegativeSpaceCFFmpeg

extension Picture {
  /// Sides beyond this are not read.
  static let maximumSide = 16384

  /// Reads a picture file; its content decides the format.
  ///
  /// As diffusers' `load_image`: a photograph is turned upright by its orientation (Exif in JPEG, WebP and PNG, TIFF's
  /// tag; where that says none, XMP), alpha is dropped, 16-bit values keep their upper byte. Of a moving picture it is the first frame.
  /// - Throws: `MediaError`.
  package init(contentsOf path: String) throws {
    try self.init(encoded: FileBytes.read(path), path: path)
  }

  /// Reads the bytes of a picture file; `path` is only for messages.
  /// - Throws: `MediaError`.
  package init(encoded bytes: [UInt8], path: String) throws {
    FFmpegLog.begin()
    guard let format = PictureFormat(startingWith: bytes) else {
      throw MediaError.unknownContent(
        path: path, expected: PictureFormat.readable, found: ContentName.of(Array(bytes.prefix(64))))
    }
    if format == .png { try Self.checkPNGSize(bytes, path) }
    let directory = Self.directory(bytes, format)
    if let directory, format == .tiff { try Self.checkSamples(directory, path) }
    let still =
      switch format {
      case .tiff: directory?.plain
      case .webp: try WebPAnimation.firstFrame(of: bytes, path)
      case .gif: GIFTransparency.removed(from: bytes)
      default: [UInt8]?.none
      }
    let frame = try Self.decode(still ?? bytes, format, path)
    try Self.checkSize(frame.width, frame.height, byteCount: bytes.count, path)
    // Both have their colour samples in the middle of four pixels; the decoder does not say so for WebP.
    if format == .jpeg || format == .webp { frame.pointer.pointee.chroma_location = AVCHROMA_LOC_CENTER }
    let picture = try frame.picture(path)
    let turn = TextDictionary.texts(of: frame.pointer.pointee.metadata)["Orientation"]
    let orientation = turn.flatMap { Int($0.filter(\.isNumber)) }.map { Orientation(rawValue: $0) ?? .upright }
    self = picture.turned(
      directory?.orientation ?? orientation ?? XMPOrientation.find(in: bytes, format, directory) ?? .upright)
  }

  /// What FFmpeg does not tell: TIFF's tags, and a PNG's Exif.
  private static func directory(_ bytes: [UInt8], _ format: PictureFormat) -> TIFFDirectory? {
    switch format {
    case .tiff: TIFFDirectory(bytes[...])
    case .png: PNGText.exif(in: bytes).flatMap { TIFFDirectory($0) }
    default: nil
    }
  }

  /// FFmpeg takes all samples for whole numbers from 0.
  private static func checkSamples(_ directory: TIFFDirectory, _ path: String) throws {
    // 4 is undefined, which readers take for 1.
    guard directory.numbers(.sampleFormat).allSatisfy({ $0 == 1 || $0 == 4 }) else {
      throw MediaError.unsupported(path: path, what: "a TIFF of signed or floating-point numbers")
    }
    let kinds = [6: "old JPEG", 7: "JPEG", 34712: "JPEG 2000", 50000: "Zstandard", 50001: "WebP"]
    if let kind = directory.numbers(.compression).first.flatMap({ kinds[$0] }) {
      throw MediaError.unsupported(path: path, what: "a TIFF compressed by \(kind)")
    }
    if directory.numbers(.photometric).first == 6 {
      throw MediaError.unsupported(path: path, what: "a TIFF of luma and colour differences")
    }
  }

  /// A PNG says its size right at the start, before anything is unpacked.
  private static func checkPNGSize(_ bytes: [UInt8], _ path: String) throws {
    var reader = ByteReader(bytes[...])
    // Signature, length and type of the header chunk.
    guard reader.take(8 + 4 + 4) != nil, let width = reader.number(4), let height = reader.number(4) else {
      throw MediaError.damaged(path: path, reason: "it ends within its header")
    }
    try checkSize(width, height, byteCount: bytes.count, path)
  }

  /// One packet in, the first frame out.
  private static func decode(_ bytes: [UInt8], _ format: PictureFormat, _ path: String) throws -> Frame {
    let codec = try Codec(
      avcodec_find_decoder(format.codec(startingWith: bytes)), named: "\(format.rawValue) (decoder)", path)
    codec.pointer.pointee.max_pixels = Int64(maximumPixels(byteCount: bytes.count))
    codec.pointer.pointee.err_recognition = AV_EF_EXPLODE
    // libjpeg's own transform ("islow").
    codec.pointer.pointee.idct_algo = FF_IDCT_INT
    codec.pointer.pointee.flags |= codecBitExact
    let packet = try Packet(path)
    let frame = try Frame(path)
    do {
      try codec.open()
      try check(av_new_packet(packet.pointer, Int32(bytes.count)), "reading the picture", path)
      packet.pointer.pointee.data.update(from: bytes, count: bytes.count)
      try check(avcodec_send_packet(codec.pointer, packet.pointer), "decoding", path)
      avcodec_send_packet(codec.pointer, nil)
      try check(avcodec_receive_frame(codec.pointer, frame.pointer), "decoding", path)
    } catch MediaError.codec(_, _, let code, let reason) {
      let width = Int(codec.pointer.pointee.width), height = Int(codec.pointer.pointee.height)
      try checkSize(width, height, byteCount: bytes.count, path)
      guard code != averrorPatchWelcome else {
        throw MediaError.unsupported(
          path: path, what: "a kind of \(format.rawValue) that FFmpeg does not decode (\(reason))")
      }
      throw MediaError.damaged(path: path, reason: reason)
    }
    return frame
  }

  /// Most pixels that a file of this length may declare, so that a small file cannot ask for a lot of memory.
  ///
  /// One byte of PNG's compression stands for at most 1032 bytes, which are 8256 pixels of one bit.
  static func maximumPixels(byteCount: Int) -> Int {
    min(maximumSide * maximumSide, (1 << 24) + byteCount * 8256)
  }

  private static func checkSize(_ width: Int, _ height: Int, byteCount: Int, _ path: String) throws {
    let limit = maximumPixels(byteCount: byteCount)
    if width > maximumSide || height > maximumSide || (height > 0 && width > limit / height) {
      throw MediaError.tooLarge(
        path: path, width: width, height: height,
        limit: "\(maximumSide) a side and \(limit) in all for a file of \(byteCount) bytes")
    }
  }
}
