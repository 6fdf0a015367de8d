/// The printable stand-ins that GPT-2 and CLIP vocabularies use for the 256 bytes.
///
/// Printable Latin-1 bytes stand for themselves, the other 68 are U+0100 and up, in order (`bytes_to_unicode` of
/// OpenAI's CLIP).
enum ByteAlphabet {
  /// The character of each byte.
  static let characters: [Unicode.Scalar] = {
    var next: UInt32 = 0x100
    return (UInt8.min...UInt8.max).map { byte in
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return Unicode.Scalar(byte)
      default:
        defer { next += 1 }
        return Unicode.Scalar(next) ?? Unicode.Scalar(byte)
      }
    }
  }()

  /// The bytes in the order in which OpenAI's vocabulary numbers them: those that stand for themselves first.
  static let vocabularyOrder: [UInt8] = (UInt8.min...UInt8.max).sorted {
    characters[Int($0)].value < characters[Int($1)].value
  }

  /// The byte of each character.
  private static let bytes: [Unicode.Scalar: UInt8] = Dictionary(
    uniqueKeysWithValues: zip(characters, UInt8.min...UInt8.max))

  /// The byte that `character` stands for; nil when it stands for none.
  static func byte(of character: Unicode.Scalar) -> UInt8? { bytes[character] }

  /// The bytes that a token's text stands for; the UTF-8 of the text itself if a character stands for no byte.
  static func bytes(of token: String) -> [UInt8] {
    var found: [UInt8] = []
    for scalar in token.unicodeScalars {
      guard let byte = bytes[scalar] else { return Array(token.utf8) }
      found.append(byte)
    }
    return found
  }
}
