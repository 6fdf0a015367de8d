import NegativeSpaceCFFmpeg

extension VideoWriter {
  /// The format's encoder, set up and open.
  static func encoder(
    _ format: VideoFormat, width: Int, height: Int, _ frameRate: FrameRate, _ options: VideoOptions, _ path: String
  ) throws -> Codec {
    let (name, title) = format.encoder
    let encoder = try Codec(avcodec_find_encoder_by_name(name), named: title, path)
    let context = encoder.pointer
    context.pointee.width = Int32(width)
    context.pointee.height = Int32(height)
    context.pointee.pix_fmt = format.pixels
    context.pointee.sample_aspect_ratio = AVRational(num: 1, den: 1)
    context.pointee.time_base = AVRational(num: Int32(frameRate.denominator), den: Int32(frameRate.numerator))
    context.pointee.framerate = AVRational(num: Int32(frameRate.numerator), den: Int32(frameRate.denominator))
    if format.halvesColours {
      // BT.709 in its studio range, and said so: players guess from the size otherwise, and guess differently.
      context.pointee.color_primaries = AVCOL_PRI_BT709
      context.pointee.color_trc = AVCOL_TRC_BT709
      context.pointee.colorspace = AVCOL_SPC_BT709
      context.pointee.color_range = AVCOL_RANGE_MPEG
      context.pointee.chroma_sample_location = AVCHROMA_LOC_LEFT
    }
    context.pointee.flags |= codecGlobalHeader | codecBitExact
    if format == .apng { context.pointee.compression_level = 6 }
    try encoder.open(format.encoding(options))
    return encoder
  }

  /// A picture as the format's encoder takes it.
  static func frame(of picture: Picture, for format: VideoFormat, _ path: String) throws -> Frame {
    switch format {
    case .mp4, .webm:
      return try picture.planes(.bt709(isFullRange: false), across: .onFirst, format: format.pixels, path)
    case .apng: return try picture.frame(path)
    case .webp:
      let frame = try Frame(width: picture.width, height: picture.height, format: format.pixels, path)
      picture.fill(frame, stride: 4, order: (2, 1, 0))
      return frame
    case .gif: return try Palette(of: picture).frame(of: picture, path)
    }
  }
}
