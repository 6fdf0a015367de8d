import NegativeSpaceConfiguration

/// Negatives to be tried: some with every prompt, some with one.
public struct NegativeCandidates: Sendable, Hashable {
  /// Tried with every prompt.
  public let common: [String]
  /// Tried with the prompt before them.
  public let own: [String: [String]]

  /// Candidates; empty ones and repeats do not count.
  public init(common: [String], own: [String: [String]] = [:]) {
    (self.common, self.own) = (Self.distinct(common), own.mapValues(Self.distinct))
  }

  /// Lines of a file: a negative, or a prompt and its negative with a tab between them.
  public init(lines: [String]) {
    var (common, own): ([String], [String: [String]]) = ([], [:])
    for line in lines {
      let parts = line.split(separator: "\t", maxSplits: 1).map(String.init)
      if parts.count == 2 { own[parts[0], default: []].append(parts[1]) } else { common += parts }
    }
    self.init(common: common, own: own)
  }

  /// Those of a prompt.
  func texts(for prompt: String) -> [String] { Self.distinct(common + own[prompt, default: []]) }

  private static func distinct(_ texts: [String]) -> [String] {
    var seen: Set<String> = []
    return texts.filter { !$0.isEmpty && seen.insert($0).inserted }
  }
}
