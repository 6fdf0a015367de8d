import Foundation

/// What `--help` shows: a screen with the options that most people need, or all of them, or one group.
struct HelpScreen {
  /// The options that are shown.
  enum Extent: Equatable {
    case usual
    case all
    /// The groups whose title begins so.
    case topic(String)
  }

  let extent: Extent
  private let path: [String]
  private let command: CommandDescription
  private let columns: Int
  /// Columns of the options' names.
  private static let labelColumns = 32

  /// The screen that arguments ask for; nil where they ask for none.
  ///
  /// - Throws: `DecodingError`.
  init?(_ arguments: [String], columns: Int) throws {
    var words = arguments[...]
    var extent = Extent.usual
    if words.first == "help" {
      words = words.dropFirst()
    } else {
      let options = words.prefix { $0 != "--" }
      guard let flag = options.firstIndex(where: { ["-h", "--help", "--help-hidden"].contains($0) }) else { return nil }
      if words[flag] == "--help-hidden" { extent = .all }
      let topic = words[(flag + 1)...].first
      words = words[..<flag]
      if let topic, !topic.hasPrefix("-") { extent = topic == "all" ? .all : .topic(topic) }
    }
    let program = try CommandDescription.program()
    // A command behind --help is meant as before it.
    if case .topic(let topic) = extent,
      program.command(words).0.subcommands?.contains(where: { $0.commandName == topic }) == true
    {
      words = (Array(words) + [topic])[...]
      extent = .usual
    }
    (command, path) = program.command(words)
    if arguments.first == "help", let topic = words.dropFirst(path.count).first {
      extent = topic == "all" ? .all : .topic(topic)
    }
    (self.extent, self.columns) = (extent, max(60, min(100, columns)))
  }

  /// The screen.
  var text: String {
    var lines = wrapped(command.abstract ?? "", indent: 0)
    let (discussion, examples) = command.discussionParts
    if !discussion.isEmpty {
      lines.append("")
      for line in discussion.components(separatedBy: "\n") {
        lines += line.hasPrefix(" ") ? [line] : wrapped(line, indent: 0)
      }
    }
    lines += ["", "Usage: \(command.usage(path))"]
    if !examples.isEmpty { lines += ["", "Examples:"] + examples.map { "  \($0)" } }
    if !command.shownSubcommands.isEmpty { lines += ["", "Commands:"] + subcommands }
    for (title, arguments) in groups {
      lines += (extent == .usual && usual != nil ? [] : [""]) + ["\(title):"]
      for argument in arguments {
        lines += row(
          argument.label(all: extent != .usual),
          extent == .usual && usual != nil ? argument.briefText : argument.fullText)
      }
    }
    return (lines + ["", footer]).joined(separator: "\n")
  }

  /// The names that the first screen has; nil where it has all that are not rare.
  private var usual: [String]? { UsualOptions.of[path.joined(separator: " ")] }

  /// Arguments by their groups, in the order of their declaration.
  private var groups: [(title: String, arguments: [CommandDescription.Argument])] {
    var groups: [(title: String, arguments: [CommandDescription.Argument])] = []
    let common = ["version", "help"]
    for argument in command.arguments ?? [] {
      let title = argument.sectionTitle ?? (argument.kind == "positional" ? "Arguments" : "Options")
      switch extent {
      case .usual:
        // A value that stands alone may be an option, too.
        if usual != nil, groups.contains(where: { $0.arguments.contains { $0.name == argument.name } }) { continue }
        guard argument.shouldDisplay, usual?.contains(argument.name) ?? !common.contains(argument.name) else {
          continue
        }
      case .all: if argument.name == "help", path.isEmpty { continue }
      case .topic(let topic): guard title.lowercased().hasPrefix(topic.lowercased()) else { continue }
      }
      if let index = groups.firstIndex(where: { $0.title == title }) {
        groups[index].arguments.append(argument)
      } else {
        groups.append((title, [argument]))
      }
    }
    return groups
  }

  private var subcommands: [String] {
    command.shownSubcommands.flatMap { row($0.commandName, $0.abstract ?? "") }
  }

  private var footer: String {
    let words = (["negspace"] + path).joined(separator: " ")
    let titles = Set((command.arguments ?? []).compactMap(\.sectionTitle))
    switch extent {
    case .usual where !command.shownSubcommands.isEmpty && usual == nil:
      return "\(words) <command> --help says more; negspace --version says what computes here."
    case .usual where usual != nil:
      let all = (command.arguments ?? []).count
      let topics =
        titles.count > 1 ? ", --help \(titles.sorted()[0].lowercased().split(separator: " ")[0]) one group of them" : ""
      return "\(words) --help all shows all \(all) options\(topics)."
    case .topic(let topic) where groups.isEmpty && titles.isEmpty: return "There is no group \"\(topic)\" of options."
    case .topic(let topic) where groups.isEmpty:
      return
        "There is no group \"\(topic)\" of options; there are: \(titles.sorted().joined(separator: ", ").lowercased())."
    default: return "\(CommandPage.page(of: path)) says more."
    }
  }

  /// A name with what it means beside it, or below where it is long.
  private func row(_ label: String, _ text: String) -> [String] {
    let column = Self.labelColumns
    let lines = wrapped(text, indent: column)
    let label = "  " + label
    guard label.count < column - 1, let first = lines.first else { return text.isEmpty ? [label] : [label] + lines }
    return [label + String(repeating: " ", count: column - label.count) + first.dropFirst(column)] + lines.dropFirst()
  }

  private func wrapped(_ text: String, indent: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, indent + line.count + 1 + word.count > columns {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    return (lines + [line]).filter { !$0.isEmpty }.map { String(repeating: " ", count: indent) + $0 }
  }
}
