import Foundation
internal import NegativeSpaceCFreeType

/// A font file open in FreeType, with its largest colour bitmap strike selected.
///
/// Used while sprites are loaded, then closed.
final class FreeTypeFace {
  private let library: FT_Library
  private let face: FT_Face
  private let path: String

  init(path: String) throws(EmojiWorldError) {
    guard FileManager.default.isReadableFile(atPath: path) else { throw .fontMissing(path: path) }
    var library: FT_Library?
    guard FT_Init_FreeType(&library) == 0, let library else {
      throw .fontUnusable(path: path, reason: "FreeType does not start")
    }
    var face: FT_Face?
    let status = FT_New_Face(library, path, 0, &face)
    guard status == 0, let face else {
      FT_Done_FreeType(library)
      throw .fontUnusable(path: path, reason: "FreeType cannot open it (error \(status))")
    }
    self.library = library
    self.face = face
    self.path = path

    let strikes = Int(face.pointee.num_fixed_sizes)
    guard strikes > 0, let sizes = face.pointee.available_sizes else {
      throw .fontUnusable(path: path, reason: "it has outlines only, no bitmaps")
    }
    let largest = (0..<strikes).max { sizes[$0].height < sizes[$1].height } ?? 0
    guard FT_Select_Size(face, FT_Int(largest)) == 0 else {
      throw .fontUnusable(path: path, reason: "its bitmaps of size \(sizes[largest].height) cannot be selected")
    }
  }

  deinit {
    FT_Done_Face(face)
    FT_Done_FreeType(library)
  }

  /// The colour bitmap of one code point, premultiplied; nil where the font has none.
  func bitmap(of scalar: Unicode.Scalar) -> Bitmap? {
    let glyph = FT_Get_Char_Index(face, FT_ULong(scalar.value))
    guard glyph != 0, FT_Load_Glyph(face, glyph, FT_Int32(FT_LOAD_COLOR)) == 0, let slot = face.pointee.glyph else {
      return nil
    }
    let source = slot.pointee.bitmap
    let width = Int(source.width)
    let height = Int(source.rows)
    let pitch = Int(source.pitch)
    guard
      UInt32(source.pixel_mode) == FT_PIXEL_MODE_BGRA.rawValue, let bytes = source.buffer,
      (1...4096).contains(width), (1...4096).contains(height), pitch >= width * 4
    else { return nil }

    var bitmap = Bitmap(width: width, height: height)
    for y in 0..<height {
      for x in 0..<width {
        let at = y * pitch + x * 4
        // FreeType's order is blue, green, red, alpha, colours already multiplied by alpha.
        bitmap[x, y] =
          SIMD4(Float(bytes[at + 2]), Float(bytes[at + 1]), Float(bytes[at]), Float(bytes[at + 3])) / 255
      }
    }
    return bitmap
  }
}
