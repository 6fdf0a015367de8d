import NegativeSpaceCFFmpeg

extension VideoWriter {
  /// x264 set up and open.
  static func encoder(
    width: Int, height: Int, _ frameRate: FrameRate, _ options: VideoOptions, _ path: String
  ) throws -> Codec {
    let encoder = try Codec(avcodec_find_encoder_by_name("libx264"), named: "libx264 (H.264 encoder)", path)
    let context = encoder.pointer
    context.pointee.width = Int32(width)
    context.pointee.height = Int32(height)
    context.pointee.pix_fmt = AV_PIX_FMT_YUV420P
    context.pointee.sample_aspect_ratio = AVRational(num: 1, den: 1)
    context.pointee.time_base = AVRational(num: Int32(frameRate.denominator), den: Int32(frameRate.numerator))
    context.pointee.framerate = AVRational(num: Int32(frameRate.numerator), den: Int32(frameRate.denominator))
    // BT.709 in its studio range, and said so: players guess from the size otherwise, and guess differently.
    context.pointee.color_primaries = AVCOL_PRI_BT709
    context.pointee.color_trc = AVCOL_TRC_BT709
    context.pointee.colorspace = AVCOL_SPC_BT709
    context.pointee.color_range = AVCOL_RANGE_MPEG
    context.pointee.chroma_sample_location = AVCHROMA_LOC_LEFT
    context.pointee.flags |= codecGlobalHeader | codecBitExact
    // x264's macroblock tree reads memory it never wrote (seen in version 164), so that equal frames make unequal
    // bytes. Without it a file is a tenth to a quarter larger.
    try encoder.open(["crf": "\(options.quality)", "preset": options.preset.rawValue, "mbtree": "0"])
    return encoder
  }
}
