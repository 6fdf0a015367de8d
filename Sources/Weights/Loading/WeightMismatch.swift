/// All differences between a file's tensors and those that a network needs, at once.
package struct WeightMismatch: Error, Hashable {
  package struct Misshapen: Sendable, Hashable {
    package let name: String
    package let expected: [Int]
    package let found: [Int]

    package init(name: String, expected: [Int], found: [Int]) {
      (self.name, self.expected, self.found) = (name, expected, found)
    }
  }

  package struct Problems: Sendable, Hashable {
    /// In the order in which the network asks.
    package var missing: [String] = []
    package var misshapen: [Misshapen] = []
    /// In the file's spelling.
    package var unused: [String] = []
    package var notFinite: [String] = []

    var isEmpty: Bool { missing.isEmpty && misshapen.isEmpty && unused.isEmpty && notFinite.isEmpty }
  }

  package let files: [String]
  package let problems: Problems
}

extension WeightMismatch: CustomStringConvertible {
  /// Names of each kind in the text; more would push what matters off the screen.
  private static let shown = 12

  package var description: String {
    var lines = ["\(files.joined(separator: ", ")): the weights are not those of this network."]
    func list(_ title: String, _ items: [String]) {
      if !items.isEmpty { lines.append("  \(title) (\(items.count)):") }
      lines += items.prefix(Self.shown).map { "    \($0)" }
      if items.count > Self.shown { lines.append("    … and \(items.count - Self.shown) more") }
    }
    list("missing", problems.missing)
    list("of another shape", problems.misshapen.map { "\($0.name): expected \($0.expected), found \($0.found)" })
    list("not asked for", problems.unused)
    list("NaN or infinite", problems.notFinite)
    lines.append("Do the configuration and the weights belong to the same model?")
    return lines.joined(separator: "\n")
  }
}
