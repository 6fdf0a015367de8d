import Foundation

/// The arguments as they were given, before the parser sees them.
enum GivenArguments {
  /// Options whose value is any text, with a dash in front too.
  private static let texts: Set = ["-p", "--prompt", "-n", "--negative-prompt"]

  /// Why the arguments cannot be taken as they are: what is not UTF-8 would name another file.
  static var problem: String? {
    for place in 1..<max(1, Int(CommandLine.argc)) {
      guard let argument = CommandLine.unsafeArgv[place], String(validatingCString: argument) == nil else { continue }
      return "\"\(String(cString: argument))\" is not UTF-8, of which names and texts consist here. Rename the file "
        + "(convmv does so for whole folders), or name it by a link."
    }
    return nil
  }

  /// The arguments with a text that begins with a dash put behind its option by "=".
  ///
  /// The parser would take it for options of one letter each. What begins with two dashes, or is one letter, stays an
  /// option.
  static func joined(_ arguments: [String]) -> [String] {
    var result: [String] = []
    var isOver = false
    for argument in arguments {
      if !isOver, let option = result.last,
        (texts.contains(option) && isText(argument)) || isNumber(argument, after: option)
      {
        result[result.count - 1] = "\(option)=\(argument)"
      } else {
        result.append(argument)
      }
      if argument == "--" { isOver = true }
    }
    return result
  }

  /// Whether it is a number below zero behind an option: none is called so.
  private static func isNumber(_ argument: String, after option: String) -> Bool {
    argument.hasPrefix("-") && Double(argument) != nil && option.hasPrefix("-") && option.count > 1
      && !option.contains("=") && Double(option) == nil
  }

  private static func isText(_ argument: String) -> Bool {
    argument.hasPrefix("-") && argument.count > 2
      && (!argument.hasPrefix("--") || argument.contains(where: \.isWhitespace))
  }
}
