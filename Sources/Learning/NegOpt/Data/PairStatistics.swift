/// What is in a file of pairs, and what of it is used.
public struct PairStatistics: Sendable, Hashable {
  /// Why a row is left out.
  public enum Reason: String, Sendable, CaseIterable {
    case emptyPrompt = "empty prompt"
    case emptyNegative = "empty negative"
    case likes = "too few likes"
    case length = "too short or too long"
    case script = "other script"
    case words = "words to leave out"
    case duplicate
  }

  /// Rows of all files.
  public internal(set) var rows = 0
  /// Rows left out, by reason.
  public internal(set) var leftOut: [Reason: Int] = [:]
  /// Pairs used.
  public internal(set) var used = 0
  /// How many of them are held out.
  public internal(set) var held = 0
  /// Different prompts among those used.
  public internal(set) var prompts = 0
  /// Words of the negatives used, by how many negatives have so many.
  public internal(set) var lengths: [Int: Int] = [:]
  /// How often each negative is used; where there are more than a million different ones, of the first million.
  private var negatives: [String: Int] = [:]
  private static let negativesLimit = 1_000_000

  init() {}

  mutating func use(_ pair: NegativePair, isHeld: Bool) {
    used += 1
    if isHeld { held += 1 }
    lengths[pair.negative.split(whereSeparator: \.isWhitespace).count, default: 0] += 1
    if negatives[pair.negative] != nil || negatives.count < Self.negativesLimit {
      negatives[pair.negative, default: 0] += 1
    }
  }

  /// Different negatives.
  public var differentNegatives: Int { negatives.count }

  /// The commonest negatives and how often each is used.
  public func commonest(_ count: Int) -> [(negative: String, count: Int)] {
    negatives.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(count).map { ($0.key, $0.value) }
  }

  /// The number of words below which a share of the negatives is.
  public func words(atShare share: Double) -> Int {
    var sum = 0
    for (words, count) in lengths.sorted(by: { $0.key < $1.key }) {
      sum += count
      if Double(sum) >= share * Double(used) { return words }
    }
    return 0
  }

  /// The same in lines, for a person.
  public var summary: String {
    var lines = ["\(rows) rows, \(used) used, \(held) of them held out."]
    for reason in Reason.allCases {
      if let count = leftOut[reason] { lines.append("left out, \(reason.rawValue): \(count)") }
    }
    lines.append("\(prompts) different prompts, \(differentNegatives) different negatives.")
    if used > 0 {
      lines.append(
        "Words of a negative: median \(words(atShare: 0.5)), 90 % have at most \(words(atShare: 0.9)), 99 % \(words(atShare: 0.99))."
      )
      for (negative, count) in commonest(3) {
        lines.append("\(count) times (\(Self.percent(count, of: used))): \(negative.prefix(200))")
      }
    }
    return lines.joined(separator: "\n")
  }

  private static func percent(_ count: Int, of all: Int) -> String {
    "\((Double(count) / Double(all) * 1000).rounded() / 10) %"
  }
}
