/// An error in the two files that the training data is rendered from.
package enum EmojiWorldError: Error, Equatable {
  /// The font is not there or is not readable.
  case fontMissing(path: String)
  /// The font file holds no colour bitmaps that FreeType can read.
  case fontUnusable(path: String, reason: String)
  /// The font has no picture for a concept.
  case glyphMissing(name: String, scalar: Unicode.Scalar, path: String)
  /// The names are not there or are not readable.
  case namesMissing(path: String)
  /// The names file is not what it should be.
  case namesUnusable(path: String, reason: String)
  /// The world has fewer concepts than asked for.
  case tooFewConcepts(asked: Int, have: Int)
}

extension EmojiWorldError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .fontMissing(let path):
      """
      The emoji font \(path) cannot be read. It is needed for training only: install Debian's fonts-noto-color-emoji.
      """
    case .fontUnusable(let path, let reason):
      """
      The emoji font \(path) cannot be used: \(reason). Colour bitmaps (CBDT) as in Debian's fonts-noto-color-emoji are needed.
      """
    case .glyphMissing(let name, let scalar, let path):
      """
      The emoji font \(path) has no colour picture for \(name) (U+\(String(scalar.value, radix: 16, uppercase: true))). \
      Debian's fonts-noto-color-emoji has.
      """
    case .namesMissing(let path):
      """
      The emoji names \(path) cannot be read. They are needed for training only: install Debian's unicode-cldr-core.
      """
    case .namesUnusable(let path, let reason):
      """
      The emoji names \(path) cannot be used: \(reason). Annotations as in Debian's unicode-cldr-core are needed.
      """
    case .tooFewConcepts(let asked, let have):
      "\(asked) concepts were asked for, but there are \(have). Ask for 1 to \(have)."
    }
  }
}
