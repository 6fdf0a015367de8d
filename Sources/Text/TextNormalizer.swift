import Foundation

/// CLIP's normalisation of text before it is cut into words: NFC, runs of white space to one space, lower case.
///
/// Equal to the normalizer of `transformers.CLIPTokenizer`; nothing is repaired and HTML entities stay as they are.
enum TextNormalizer {
  static func normalized(_ text: String) -> String {
    var scalars: [Unicode.Scalar] = []
    var afterSpace = false
    for scalar in text.precomposedStringWithCanonicalMapping.unicodeScalars {
      if scalar.properties.isWhitespace {
        if !afterSpace { scalars.append(" ") }
        afterSpace = true
      } else {
        // Character by character, without the rule for a final sigma.
        scalars.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
        afterSpace = false
      }
    }
    return String(ofScalars: scalars)
  }
}
