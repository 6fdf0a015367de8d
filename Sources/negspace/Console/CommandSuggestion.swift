import ArgumentParser

/// What is said of a command that does not exist, as the parser says it of options.
enum CommandSuggestion {
  /// Commands that other programs have.
  private static let elsewhere = [
    "txt2img": "image", "img2img": "image --init-img", "txt2vid": "video", "text2video": "video", "t2v": "video",
    "t2i": "image", "img_gen": "image", "vid_gen": "video", "generate": "video", "convert": "model convert",
    "inspect": "model inspect", "metadata": "info", "benchmark": "bench", "vocabulary": "concepts",
  ]

  /// The sentence, or nil where the arguments name commands that there are.
  static func message(for arguments: [String], of root: any ParsableCommand.Type) -> String? {
    let words = arguments.first == "help" ? arguments.dropFirst() : arguments[...]
    return message(for: words, of: root.configuration, called: "negspace")
  }

  private static func message(
    for arguments: ArraySlice<String>, of command: CommandConfiguration, called path: String
  ) -> String? {
    let commands = command.subcommands.map { $0.configuration }
    guard let word = arguments.first, !commands.isEmpty, !word.hasPrefix("-") else { return nil }
    for next in commands where next.commandName == word {
      return message(for: arguments.dropFirst(), of: next, called: "\(path) \(word)")
    }
    if path == "negspace", let other = elsewhere[word] {
      return "There is no command \"\(word)\". Did you mean negspace \(other)?"
    }
    // The default one takes the word as an argument of its own.
    guard command.defaultSubcommand == nil else { return nil }
    let names = commands.filter(\.shouldDisplay).compactMap(\.commandName)
    let near = names.min { distance($0, word) < distance($1, word) }
    if let near, distance(near, word) <= max(1, word.count / 3) {
      return "There is no command \"\(word)\". Did you mean \(path) \(near)?"
    }
    return "There is no command \"\(word)\". \(path) has: \(names.joined(separator: ", "))."
  }

  /// Letters to change, add, take away or swap with their neighbour to make one word of the other.
  static func distance(_ one: String, _ other: String) -> Int {
    let (a, b) = (Array(one), Array(other))
    var rows = [[Int](0...b.count)]
    for i in 1..<(a.count + 1) {
      var row = [i]
      for j in 1..<(b.count + 1) {
        var best = min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { best = min(best, rows[i - 2][j - 2] + 1) }
        row.append(best)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }
}
