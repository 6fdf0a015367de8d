/// Cuts normalised text into the words that byte pairs are merged within; white space is dropped.
///
/// The pattern of CLIP, `<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+`,
/// written out. `transformers` cuts once more with GPT-2's pattern, which matters to the first two only: `<|`, the
/// word, `|>`.
enum WordSplitter {
  private enum Kind { case space, letter, number, other }

  private static let markers = ["startoftext", "endoftext"].map { word in
    ["<|", word, "|>"].map { Array($0.unicodeScalars) }
  }
  private static let contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"].map { Array($0.unicodeScalars) }

  static func words(in text: String) -> [String] {
    let scalars = Array(text.unicodeScalars)
    var words: [String] = []
    var position = 0

    func take(_ length: Int) {
      words.append(String(ofScalars: scalars[position..<position + length]))
      position += length
    }

    while position < scalars.count {
      let rest = scalars[position...]
      if let marker = markers.first(where: { rest.starts(with: $0.joined()) }) {
        for part in marker { take(part.count) }
      } else if let contraction = contractions.first(where: { rest.starts(with: $0) }) {
        take(contraction.count)
      } else {
        let kind = kind(of: scalars[position])
        switch kind {
        case .space: position += 1
        case .number: take(1)
        case .letter, .other: take(rest.prefix { Self.kind(of: $0) == kind }.count)
        }
      }
    }
    return words
  }

  private static func kind(of scalar: Unicode.Scalar) -> Kind {
    if scalar.isASCII {
      switch scalar.value {
      case 0x61...0x7A, 0x41...0x5A: return .letter
      case 0x30...0x39: return .number
      case 0x20, 0x09...0x0D: return .space
      default: return .other
      }
    }
    // Characters newer than the tables of `tokenizers` (Unicode 16) are letters to nobody there.
    guard let age = scalar.properties.age, age.major <= 16 else { return .other }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return .letter
    case .decimalNumber, .letterNumber, .otherNumber: return .number
    default: return scalar.properties.isWhitespace ? .space : .other
    }
  }
}
