/// Luma and colour differences from red, green, blue and back, in 16-bit fixed point.
///
/// ITU-R BT.601-7 and BT.709-6: `Y = Kr·R + Kg·G + Kb·B`, `Cb = (B - Y) / (2 - 2·Kb)`, `Cr = (R - Y) / (2 - 2·Kr)`;
/// limited range puts Y into 16…235 and the differences into 16…240, full range (JPEG) uses 0…255 for all.
struct ColourMatrix: Equatable {
  /// Shares of red and blue in the luma.
  private let kr: Double
  private let kb: Double
  let isFullRange: Bool

  static let bits = 16

  static func bt601(isFullRange: Bool) -> Self { .init(kr: 0.299, kb: 0.114, isFullRange: isFullRange) }
  static func bt709(isFullRange: Bool) -> Self { .init(kr: 0.2126, kb: 0.0722, isFullRange: isFullRange) }
  static func bt2020(isFullRange: Bool) -> Self { .init(kr: 0.2627, kb: 0.0593, isFullRange: isFullRange) }
  static func smpte240(isFullRange: Bool) -> Self { .init(kr: 0.212, kb: 0.087, isFullRange: isFullRange) }

  private init(kr: Double, kb: Double, isFullRange: Bool) {
    self.kr = kr
    self.kb = kb
    self.isFullRange = isFullRange
  }

  private var kg: Double { 1 - kr - kb }
  /// Range of luma, range of the differences, and luma of black.
  private var lumaSpan: Double { isFullRange ? 255 : 219 }
  private var chromaSpan: Double { isFullRange ? 255 : 224 }
  var black: Int32 { isFullRange ? 0 : 16 }

  /// Weights for `[R, G, B] = [luma·(Y - black)] + …`, the differences counted from 128.
  var toRGB: ToRGB {
    let scale = 255 / chromaSpan
    return ToRGB(
      luma: Self.fixed(255 / lumaSpan),
      redFromCr: Self.fixed(scale * (2 - 2 * kr)),
      greenFromCb: Self.fixed(-scale * (2 - 2 * kb) * kb / kg),
      greenFromCr: Self.fixed(-scale * (2 - 2 * kr) * kr / kg),
      blueFromCb: Self.fixed(scale * (2 - 2 * kb)))
  }

  /// Weights of red, green and blue for Y (to which `black` is added), Cb and Cr (to which 128 is added).
  var fromRGB: FromRGB {
    let luma = lumaSpan / 255, chroma = chromaSpan / 255
    return FromRGB(
      luma: Self.weights(luma * kr, luma * kg, luma * kb, sum: luma),
      cb: Self.weights(-chroma * kr / (2 - 2 * kb), -chroma * kg / (2 - 2 * kb), chroma / 2, sum: 0),
      cr: Self.weights(chroma / 2, -chroma * kg / (2 - 2 * kr), -chroma * kb / (2 - 2 * kr), sum: 0))
  }

  struct ToRGB {
    let luma, redFromCr, greenFromCb, greenFromCr, blueFromCb: Int32
  }

  struct FromRGB {
    let luma, cb, cr: SIMD3<Int32>
  }

  private static func fixed(_ value: Double) -> Int32 { Int32((value * Double(1 << bits)).rounded()) }

  /// Three weights in fixed point that add up exactly, so that greys stay grey; green takes what rounding leaves.
  private static func weights(_ red: Double, _ green: Double, _ blue: Double, sum: Double) -> SIMD3<Int32> {
    let r = fixed(red), b = fixed(blue)
    return SIMD3(r, fixed(sum) - r - b, b)
  }
}
