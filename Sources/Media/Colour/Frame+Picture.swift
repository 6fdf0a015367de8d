import NegativeSpaceCFFmpeg

extension Frame {
  /// The frame as red, green and blue: copied where it is RGB already, else by its tags.
  func picture(_ path: String) throws -> Picture {
    if let picture = copiedPicture() { return picture }
    if let planes = PlanarPixels(self) {
      let (across, down) = chromaPlacement
      return planes.picture(matrix, across: across, down: down, isJPEG ? .jpeg : .nearest)
    }
    // Rare layouts are first brought into a plain one, at the same meaning.
    let converted = try convertedToPlainFormat(path)
    guard converted.format != format else {
      throw MediaError.damaged(path: path, reason: "its pixel format \(pointer.pointee.format) is not known")
    }
    return try converted.picture(path)
  }

  /// The old "J" formats mean the plain ones with full range.
  private var isFullRange: Bool {
    switch format {
    case AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUVJ444P, AV_PIX_FMT_YUVJ440P, AV_PIX_FMT_YUVJ411P: true
    default: pointer.pointee.color_range == AVCOL_RANGE_JPEG
    }
  }

  /// Full range and colour samples in the middle: JPEG's habits.
  private var isJPEG: Bool { isFullRange && pointer.pointee.chroma_location == AVCHROMA_LOC_CENTER }

  /// The frame's tag; without one, BT.709 for video from 720 rows on (as players do), else BT.601.
  private var matrix: ColourMatrix {
    switch pointer.pointee.colorspace {
    case AVCOL_SPC_BT709: .bt709(isFullRange: isFullRange)
    case AVCOL_SPC_BT2020_NCL, AVCOL_SPC_BT2020_CL: .bt2020(isFullRange: isFullRange)
    case AVCOL_SPC_SMPTE240M: .smpte240(isFullRange: isFullRange)
    case AVCOL_SPC_UNSPECIFIED where height >= 720 && !isFullRange: .bt709(isFullRange: false)
    default: .bt601(isFullRange: isFullRange)
    }
  }

  /// The frame's tag; without one, as MPEG-2 and H.264 have it.
  private var chromaPlacement: (across: ChromaPlacement, down: ChromaPlacement) {
    switch pointer.pointee.chroma_location {
    case AVCHROMA_LOC_CENTER: (.between, .between)
    case AVCHROMA_LOC_TOPLEFT: (.onFirst, .onFirst)
    case AVCHROMA_LOC_TOP: (.between, .onFirst)
    default: (.onFirst, .between)
    }
  }

  /// The same picture as RGB24, or as three whole planes with matrix and range untouched.
  private func convertedToPlainFormat(_ path: String) throws -> Frame {
    let flags = av_pix_fmt_desc_get(format)?.pointee.flags ?? 0
    let isRGB = flags & UInt64(AV_PIX_FMT_FLAG_RGB) != 0
    let target = try Frame(
      width: width, height: height, format: isRGB ? AV_PIX_FMT_RGB24 : AV_PIX_FMT_YUV444P, path)
    let quality = SWS_BICUBIC | SWS_ACCURATE_RND | SWS_BITEXACT | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP
    let context = sws_getContext(
      pointer.pointee.width, pointer.pointee.height, format, target.pointer.pointee.width,
      target.pointer.pointee.height, target.format, quality, nil, nil, nil)
    defer { sws_freeContext(context) }
    guard let context else {
      throw MediaError.damaged(path: path, reason: "its pixel format \(pointer.pointee.format) is not known")
    }
    try check(sws_scale_frame(context, target.pointer, pointer), "converting colours", path)
    target.pointer.pointee.colorspace = pointer.pointee.colorspace
    target.pointer.pointee.color_range = isFullRange ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG
    return target
  }
}
