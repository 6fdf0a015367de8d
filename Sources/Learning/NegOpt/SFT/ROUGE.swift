/// How much of one text is in another (Lin 2004): F1 of single words, of pairs, and of the longest common sequence, as
/// Google's `rouge_score` counts them without a stemmer.
package struct ROUGE: Sendable, Hashable {
  package let one: Float
  package let two: Float
  package let longest: Float

  package init(_ text: String, against reference: String) {
    let (found, wanted) = (Self.words(text), Self.words(reference))
    one = Self.overlap(found.map { [$0] }, wanted.map { [$0] })
    two = Self.overlap(Self.pairs(found), Self.pairs(wanted))
    longest = Self.f1(Self.commonLength(found, wanted), found.count, wanted.count)
  }

  /// Runs of letters and digits of ASCII, in lower case.
  private static func words(_ text: String) -> [String] {
    text.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.map(String.init)
  }

  private static func pairs(_ words: [String]) -> [[String]] { zip(words, words.dropFirst()).map { [$0, $1] } }

  private static func overlap(_ found: [[String]], _ wanted: [[String]]) -> Float {
    var counts: [[String]: Int] = [:]
    for item in wanted { counts[item, default: 0] += 1 }
    var common = 0
    for item in found {
      guard let left = counts[item], left > 0 else { continue }
      counts[item] = left - 1
      common += 1
    }
    return f1(common, found.count, wanted.count)
  }

  private static func f1(_ common: Int, _ found: Int, _ wanted: Int) -> Float {
    common == 0 ? 0 : 2 * Float(common) / Float(found + wanted)
  }

  private static func commonLength(_ a: [String], _ b: [String]) -> Int {
    var row = [Int](repeating: 0, count: b.count + 1)
    for word in a {
      var corner = 0
      for index in b.indices {
        let above = row[index + 1]
        row[index + 1] = word == b[index] ? corner + 1 : max(above, row[index])
        corner = above
      }
    }
    return row[b.count]
  }
}
