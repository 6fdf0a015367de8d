import Foundation

/// Which pairs of a file are used.
public struct PairSelection: Sendable, Hashable {
  /// The writing that texts must be in.
  public enum Script: String, Sendable, CaseIterable {
    case any
    /// Nine in ten letters are Latin: a rough filter for English, as languages are not told apart.
    case latin
  }

  /// The column of prompts, as the Negative Prompts DB calls it.
  public var promptColumn = "prompt"
  /// The column of negatives, likewise.
  public var negativeColumn = "negative_prompt"
  /// The column of likes, read only where `minLikes` is above 0.
  public var likesColumn = "likes"
  /// Likes that a row has at least; 0 does not ask.
  public var minLikes = 0
  /// The writing that texts must be in.
  public var script = Script.any
  /// Words of a prompt.
  public var promptWords = 1...400
  /// Words of a negative.
  public var negativeWords = 1...200
  /// Words that no text may have, in lower case.
  public var leftOutWords: Set<String> = []
  /// Whether a pair that was there already is used again.
  public var keepsDuplicates = false

  /// Everything with words, once.
  public init() {}

  /// Refuses what cannot be followed.
  ///
  /// - Throws: `LearningError.setting`.
  func validate() throws {
    for (name, range) in [("promptWords", promptWords), ("negativeWords", negativeWords)] where range.lowerBound < 1 {
      throw LearningError.setting(
        name, found: "\(range)", expected: "from 1 on: a text without words is left out always")
    }
  }

  /// Why a row is left out; nil where it is used.
  func reason(against pair: NegativePair, likes: String?) -> PairStatistics.Reason? {
    let (prompt, negative) = (Self.words(pair.prompt), Self.words(pair.negative))
    if prompt.isEmpty { return .emptyPrompt }
    if pair.negative.allSatisfy({ $0.isWhitespace || $0.isPunctuation }) { return .emptyNegative }
    if minLikes > 0, (likes.flatMap { Double($0.replacing(",", with: "")) } ?? 0) < Double(minLikes) { return .likes }
    if !promptWords.contains(prompt.count) || !negativeWords.contains(negative.count) { return .length }
    if script == .latin, !(Self.isLatin(pair.prompt) && Self.isLatin(pair.negative)) { return .script }
    if !leftOutWords.isEmpty {
      let edges = CharacterSet.alphanumerics.inverted
      let all = (prompt + negative).map { $0.lowercased().trimmingCharacters(in: edges) }
      if all.contains(where: leftOutWords.contains) { return .words }
    }
    return nil
  }

  private static func words(_ text: String) -> [Substring] { text.split(whereSeparator: \.isWhitespace) }

  private static func isLatin(_ text: String) -> Bool {
    let letters = text.unicodeScalars.filter(\.properties.isAlphabetic)
    // Basic Latin to Latin Extended-B, and Latin Extended Additional.
    let latin = letters.count { $0.value < 0x250 || 0x1E00..<0x1F00 ~= $0.value }
    return Double(latin) >= 0.9 * Double(letters.count)
  }
}
