import ArgumentParser
import Foundation

/// The commands and their options as the parser knows them: what help screens and the manual page are made of.
struct CommandDescription: Decodable {
  let commandName: String
  let abstract: String?
  let discussion: String?
  let shouldDisplay: Bool?
  let defaultSubcommand: String?
  let subcommands: [CommandDescription]?
  let arguments: [Argument]?

  /// An option, a flag, or a value that stands alone.
  struct Argument: Decodable {
    struct Name: Decodable {
      let kind: String
      let name: String

      var text: String { (kind == "long" ? "--" : "-") + name }
    }

    let kind: String
    let shouldDisplay: Bool
    let sectionTitle: String?
    let isOptional: Bool
    let isRepeating: Bool
    let names: [Name]?
    let preferredName: Name?
    let valueName: String?
    let defaultValue: String?
    let allValues: [String]?
    let abstract: String?

    /// The name without dashes that stands for it: of a value that stands alone the value's.
    var name: String { preferredName?.name ?? valueName ?? "" }

    /// `-n, --negative-prompt <text>`.
    ///
    /// - Parameter all: whether all its names, or the usual two.
    func label(all: Bool) -> String {
      let names = names ?? []
      guard kind != "positional" else { return "<\(valueName ?? "")>" + (isRepeating ? " ..." : "") }
      let short = names.filter { $0.kind != "long" }
      let shown = all ? short + names.filter { $0.kind == "long" } : short.prefix(1) + [preferredName].compactMap { $0 }
      var texts: [String] = []
      for name in shown where !texts.contains(name.text) { texts.append(name.text) }
      let value = all ? valueName ?? "value" : briefValue
      return texts.joined(separator: ", ") + (kind == "flag" ? "" : " <\(value)>")
    }

    /// The value's name without what may follow it, or the last word of the option's own name.
    private var briefValue: String {
      let value = valueName ?? "value"
      let words = value == preferredName?.name ? value.split(separator: "-").last : value.split(separator: "[").first
      return words.map { $0.lowercased() } ?? value
    }

    /// What it does, with its values and its default, as far as the words do not say them.
    var fullText: String {
      var text = abstract ?? ""
      var facts: [String] = []
      if let allValues, !allValues.allSatisfy({ text.contains($0) }) {
        facts.append("values: \(allValues.joined(separator: ", "))")
      }
      if let defaultValue, !defaultValue.isEmpty { facts.append("default: \(defaultValue)") }
      if !facts.isEmpty { text += (text.isEmpty ? "" : " ") + "(\(facts.joined(separator: "; ")))" }
      return text
    }

    /// The first clause of it, for a screen with room for little.
    var briefText: String {
      if let brief = UsualOptions.brief[name] { return brief + standardText }
      let text = abstract ?? ""
      let end = [". ", "; ", " (default"].compactMap { text.range(of: $0)?.lowerBound }.min() ?? text.endIndex
      let clause = text[..<end].trimmingCharacters(in: CharacterSet(charactersIn: " ."))
      return clause + standardText
    }

    /// A short default in brackets.
    private var standardText: String {
      let standard = (abstract ?? "").firstMatch(of: /\(default: ([^()]*)\)/)?.1.description ?? defaultValue
      return standard.map { $0.isEmpty || $0.count > 12 ? "" : " (\($0))" } ?? ""
    }
  }

  /// All of the program.
  ///
  /// - Throws: `DecodingError`, if the parser describes commands otherwise than this reads it.
  static func program() throws -> CommandDescription {
    struct Tool: Decodable { let command: CommandDescription }
    return try JSONDecoder().decode(Tool.self, from: Data(Negspace._dumpHelp().utf8)).command
  }

  /// The command that words name below this one, and the words that it takes.
  func command(_ words: ArraySlice<String>) -> (command: CommandDescription, path: [String]) {
    guard let word = words.first, let next = (subcommands ?? []).first(where: { $0.commandName == word }) else {
      return (self, [])
    }
    let inner = next.command(words.dropFirst())
    return (inner.command, [word] + inner.path)
  }

  /// Subcommands that people see.
  var shownSubcommands: [CommandDescription] {
    (subcommands ?? []).filter { $0.shouldDisplay != false && $0.commandName != "help" }
  }

  /// The discussion in its two parts: what is said, and the examples.
  var discussionParts: (text: String, examples: [String]) {
    let parts = (discussion ?? "").components(separatedBy: "Examples:\n")
    let examples =
      parts.count > 1 ? parts[1].split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) } : []
    return (parts[0].trimmingCharacters(in: .whitespacesAndNewlines), examples)
  }

  /// `negspace video [options] <prompt>`.
  func usage(_ path: [String]) -> String {
    let words = (["negspace"] + path).joined(separator: " ")
    if arguments?.contains(where: { $0.kind == "positional" }) != true, !shownSubcommands.isEmpty {
      return words + " <command>"
    }
    let shown = (arguments ?? []).filter(\.shouldDisplay)
    let needed = shown.filter { $0.kind == "option" && !$0.isOptional && $0.defaultValue == nil }
      .map { "\($0.preferredName?.text ?? "") <\($0.valueName ?? "value")>" }
    let values = shown.filter { $0.kind == "positional" }.map {
      $0.isOptional ? "[\($0.label(all: false))]" : $0.label(all: false)
    }
    return ([words, "[options]"] + needed + values).joined(separator: " ")
  }
}
