import CFFmpeg

/// Turns decoded frames into pictures; keeps its converter while the frames stay alike.
final class FrameReader {
  private var converter: ColourConverter?
  private var key: Key?
  private let path: String

  /// Everything a converter depends on.
  private struct Key: Equatable {
    var width: Int
    var height: Int
    var format: AVPixelFormat
    var colours: ColourConverter.Colours
  }

  init(_ path: String) { self.path = path }

  /// The frame as red, green and blue.
  func picture(of frame: Frame) throws -> Picture {
    if let picture = frame.copiedPicture() { return picture }
    let (format, isFullRange) = Self.planarFormat(of: frame)
    let key = Key(
      width: frame.width, height: frame.height, format: format,
      colours: .init(
        matrix: Self.matrix(of: frame), isFullRange: isFullRange, chromaLocation: Self.chromaLocation(of: frame)))
    let converter = try existing(for: key)
    let target = try Frame(width: frame.width, height: frame.height, format: AV_PIX_FMT_RGB24, path)
    try converter.convert(frame, to: target)
    return try check(target.copiedPicture(), "reading a frame", path)
  }

  private func existing(for key: Key) throws -> ColourConverter {
    if let converter, self.key == key { return converter }
    let made = try ColourConverter(
      width: key.width, height: key.height, from: key.format, to: AV_PIX_FMT_RGB24, key.colours, path)
    converter = made
    self.key = key
    return made
  }

  /// The old "J" formats mean the plain ones with full range.
  private static func planarFormat(of frame: Frame) -> (AVPixelFormat, isFullRange: Bool) {
    switch frame.format {
    case AV_PIX_FMT_YUVJ420P: (AV_PIX_FMT_YUV420P, true)
    case AV_PIX_FMT_YUVJ422P: (AV_PIX_FMT_YUV422P, true)
    case AV_PIX_FMT_YUVJ444P: (AV_PIX_FMT_YUV444P, true)
    case AV_PIX_FMT_YUVJ440P: (AV_PIX_FMT_YUV440P, true)
    case AV_PIX_FMT_YUVJ411P: (AV_PIX_FMT_YUV411P, true)
    default: (frame.format, frame.pointer.pointee.color_range == AVCOL_RANGE_JPEG)
    }
  }

  /// The frame's tag; without one, BT.709 from 720 rows on (as players do) and BT.601 below.
  private static func matrix(of frame: Frame) -> AVColorSpace {
    let tag = frame.pointer.pointee.colorspace
    if tag != AVCOL_SPC_UNSPECIFIED { return tag }
    return frame.height >= 720 && !planarFormat(of: frame).isFullRange ? AVCOL_SPC_BT709 : AVCOL_SPC_BT470BG
  }

  /// The frame's tag; without one, the middle of four pixels for full range (JPEG) and the left for video.
  private static func chromaLocation(of frame: Frame) -> AVChromaLocation {
    let tag = frame.pointer.pointee.chroma_location
    if tag != AVCHROMA_LOC_UNSPECIFIED { return tag }
    return planarFormat(of: frame).isFullRange ? AVCHROMA_LOC_CENTER : AVCHROMA_LOC_LEFT
  }
}
