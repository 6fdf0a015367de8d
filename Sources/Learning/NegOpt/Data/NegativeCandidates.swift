import Foundation

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
  ///
  /// - Throws: `LearningError.setting` for a line with more tabs, or with nothing beside one.
  public init(lines: [String]) throws {
    var (common, own): ([String], [String: [String]]) = ([], [:])
    for line in lines {
      let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      guard parts.count == 1 || (parts.count == 2 && !parts.contains("")) else {
        throw LearningError.setting(
          "candidates", found: "\"\(line.replacing("\t", with: "<tab>"))\"",
          expected: "a negative, or a prompt, one tab and its negative, on each line")
      }
      if parts.count == 2 { own[parts[0], default: []].append(parts[1]) } else { common += parts }
    }
    self.init(common: common, own: own)
  }

  /// Prompts that candidates are for and that are none of these, in order.
  public func strangers(to prompts: [String]) -> [String] { Set(own.keys).subtracting(prompts).sorted() }

  /// Those of a prompt.
  func texts(for prompt: String) -> [String] { Self.distinct(common + own[prompt, default: []]) }

  private static func distinct(_ texts: [String]) -> [String] {
    var seen: Set<String> = []
    return texts.filter { !$0.isEmpty && seen.insert($0).inserted }
  }
}
