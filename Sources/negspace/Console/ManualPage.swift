import NegativeSpacePipelines

/// The manual page in man's macros, made of what the commands say of themselves.
struct ManualPage {
  private let program: CommandDescription

  init(_ program: CommandDescription) { self.program = program }

  /// The page.
  var text: String {
    var lines = [
      ".TH NEGSPACE 1 \"\" \"negspace \(ProgramVersion.current)\" \"Negative Space\"", ".SH NAME",
      "negspace \\- text to pictures and videos, and what a diffusion model should avoid", ".SH SYNOPSIS",
    ]
    lines += commands(program, []).filter { !$0.path.isEmpty }.flatMap {
      [".br", Self.escaped($0.command.usage($0.path))]
    }
    lines += [".SH DESCRIPTION", Self.escaped(program.abstract ?? "")]
    lines.append(".SH COMMANDS")
    for (command, path) in commands(program, []) where !path.isEmpty { lines += section(command, path) }
    lines += [
      ".SH EXIT STATUS", "0 done, 1 failed, 64 wrong usage, 130 interrupted.", ".SH ENVIRONMENT",
      ".TP", "NEGSPACE_MODELS", "The folder of the models that ship with the program.",
      ".TP", "HF_HOME, HF_HUB_CACHE", "Where models are that are named OWNER/NAME.",
    ]
    return lines.joined(separator: "\n")
  }

  /// Every command that does something, with its words.
  private func commands(
    _ command: CommandDescription, _ path: [String]
  ) -> [(command: CommandDescription, path: [String])] {
    let inner = command.shownSubcommands.flatMap { commands($0, path + [$0.commandName]) }
    return (inner.isEmpty ? [(command, path)] : []) + inner
  }

  private func section(_ command: CommandDescription, _ path: [String]) -> [String] {
    var lines = [".SS \(path.joined(separator: " "))", Self.escaped(command.abstract ?? "")]
    let (discussion, examples) = command.discussionParts
    for line in discussion.split(separator: "\n") {
      // What is indented is a table.
      lines += line.hasPrefix(" ") ? [".br", Self.escaped(String(line))] : [".PP", Self.escaped(String(line))]
    }
    if !examples.isEmpty {
      lines += [".PP", ".nf"] + examples.map { Self.escaped($0) } + [".fi"]
    }
    for argument in command.arguments ?? [] where !["help", "version"].contains(argument.name) {
      lines += [".TP", ".B \(Self.escaped(argument.label(all: true)))", Self.escaped(argument.fullText)]
    }
    return lines
  }

  /// Text without what the macros take for theirs.
  private static func escaped(_ text: String) -> String {
    let text = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
    return text.hasPrefix(".") || text.hasPrefix("'") ? "\\&" + text : text
  }
}
