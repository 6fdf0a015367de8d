import CFFmpeg

/// Converts frames of one size between RGB and luma with colour differences, at libswscale's full accuracy.
///
/// Matrix, range and the place of halved colour samples are set, never guessed from the size; the result does not
/// depend on the processor (`SWS_BITEXACT`).
final class ColourConverter {
  /// What distinguishes one converter from another.
  struct Colours: Equatable {
    var matrix: AVColorSpace
    var isFullRange: Bool
    var chromaLocation: AVChromaLocation
  }

  private let context: OpaquePointer
  private let path: String

  /// A converter from `source` to `target`; `colours` belong to whichever of the two is not RGB.
  init(
    width: Int, height: Int, from source: AVPixelFormat, to target: AVPixelFormat, _ colours: Colours, _ path: String
  ) throws {
    self.path = path
    context = try check(sws_alloc_context(), "preparing colours", path)
    let flags = SWS_BICUBIC | SWS_ACCURATE_RND | SWS_BITEXACT | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP
    let (horizontal, vertical) = Self.chromaPosition(colours.chromaLocation)
    let settings: [(String, Int64)] = [
      ("srcw", Int64(width)), ("srch", Int64(height)), ("src_format", Int64(source.rawValue)),
      ("dstw", Int64(width)), ("dsth", Int64(height)), ("dst_format", Int64(target.rawValue)),
      ("sws_flags", Int64(flags)),
      ("src_h_chr_pos", horizontal), ("src_v_chr_pos", vertical),
      ("dst_h_chr_pos", horizontal), ("dst_v_chr_pos", vertical),
    ]
    for (name, value) in settings {
      try check(av_opt_set_int(UnsafeMutableRawPointer(context), name, value, 0), "setting \(name)", path)
    }
    try check(sws_init_context(context, nil, nil), "preparing colours", path)
    let matrix = sws_getCoefficients(Self.coefficients(of: colours.matrix))
    let range: Int32 = colours.isFullRange ? 1 : 0
    let one: Int32 = 1 << 16
    // The RGB side ignores matrix and range. A negative answer means that nothing needed to be set.
    sws_setColorspaceDetails(context, matrix, range, matrix, range, 0, one, one)
  }

  /// Converts the whole of `source` into `target`.
  func convert(_ source: Frame, to target: Frame) throws {
    let from = source.pointer, to = target.pointer
    try withUnsafeBytes(of: &from.pointee.data) { planes in
      try withUnsafeBytes(of: &to.pointee.data) { targetPlanes in
        try withUnsafeBytes(of: &from.pointee.linesize) { lines in
          try withUnsafeBytes(of: &to.pointee.linesize) { targetLines in
            let code = sws_scale(
              context, planes.bindMemory(to: UnsafePointer<UInt8>?.self).baseAddress,
              lines.bindMemory(to: Int32.self).baseAddress, 0, from.pointee.height,
              targetPlanes.bindMemory(to: UnsafeMutablePointer<UInt8>?.self).baseAddress,
              targetLines.bindMemory(to: Int32.self).baseAddress)
            try check(code, "converting colours", path)
          }
        }
      }
    }
  }

  deinit { sws_freeContext(context) }

  /// Where halved colour samples lie, in 1/256 of a pixel from the left and the top.
  private static func chromaPosition(_ location: AVChromaLocation) -> (Int64, Int64) {
    switch location {
    case AVCHROMA_LOC_CENTER: (128, 128)
    case AVCHROMA_LOC_TOPLEFT: (0, 0)
    case AVCHROMA_LOC_TOP: (128, 0)
    case AVCHROMA_LOC_BOTTOMLEFT: (0, 256)
    case AVCHROMA_LOC_BOTTOM: (128, 256)
    default: (0, 128)
    }
  }

  /// libswscale's name (`SWS_CS_…`) for a matrix.
  private static func coefficients(of matrix: AVColorSpace) -> Int32 {
    switch matrix {
    case AVCOL_SPC_BT709: SWS_CS_ITU709
    case AVCOL_SPC_FCC: SWS_CS_FCC
    case AVCOL_SPC_SMPTE240M: SWS_CS_SMPTE240M
    case AVCOL_SPC_BT2020_NCL, AVCOL_SPC_BT2020_CL: SWS_CS_BT2020
    default: SWS_CS_ITU601
    }
  }
}
