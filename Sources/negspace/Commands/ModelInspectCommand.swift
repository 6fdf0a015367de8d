import ArgumentParser
import NegativeSpacePipelines

/// `negspace model inspect`: the parts of a model.
struct ModelInspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Say what a model is, what it consists of, and what is missing.",
    discussion: """
      Ends with status 1 if something is wrong with a part.

      Examples:
        negspace model inspect model.safetensors
      """)

  @Argument(
    help: ArgumentHelp(
      "A model or one of its networks alone, a folder or a file. (default: the two in Models/)"), completion: .file())
  var path: String?

  @Flag(help: "Print the result as JSON on standard output.")
  var json = false

  @OptionGroup(title: "Model") var model: ModelFileOptions

  func run() throws {
    let inspections = try paths().map { try ModelInspection(path: $0, options: model.options) }
    if json {
      if let only = inspections.first, inspections.count == 1 {
        try Console.result(json: only)
      } else {
        try Console.result(json: inspections)
      }
    } else {
      for inspection in inspections { try print(inspection) }
    }
    let problems = inspections.flatMap(\.problems)
    guard problems.isEmpty else {
      Console.message("Error: \(problems.count == 1 ? "something is" : "\(problems.count) things are") wrong:")
      for problem in problems { Console.message("  \(problem)") }
      throw ExitCode.failure
    }
  }

  private func paths() throws -> [String] {
    if let path { return [path] }
    return try ModelKind.allCases.map { try DefaultModel.folder(DefaultModel.name($0)) }
  }

  private func print(_ inspection: ModelInspection) throws {
    let makes =
      !inspection.isWhole
      ? "no model but for one"
      : inspection.kind.map { "makes \($0 == .image ? "pictures" : "videos")" } ?? "not known here"
    let names = inspection.isWhole ? " with the original names" : ""
    let layout = inspection.layout == .file ? ", in one file\(names)" : ""
    try Console.result("\(inspection.path)  \(inspection.className), \(makes)\(layout)")
    for part in inspection.parts {
      let weights =
        part.parameters.map { "\(Self.grouped($0)) parameters, \(part.dtypes.joined(separator: " "))" } ?? ""
      try Console.result("  \(Self.padded(part.name, 14))\(Self.padded(part.className, 26))\(weights)")
    }
    if inspection.parts.count > 1 {
      try Console.result("  \(Self.padded("all", 40))\(Self.grouped(inspection.parameters)) parameters")
    }
    if let width = inspection.textWidth { try Console.result("  text states of width \(width)") }
    if let factor = inspection.factor { try Console.result("  \(factor)×\(factor) pixels a latent") }
    if let prediction = inspection.prediction { try Console.result("  predicts \(prediction)") }
    if !inspection.missing.isEmpty {
      let isTokenizer = inspection.missing == ["tokenizer"]
      try Console.result(
        "  missing: \(inspection.missing.joined(separator: ", "))\(isTokenizer ? " (name one with --tokenizer)" : "")")
    }
    for note in inspection.notes { try Console.result("  \(OptionSpelling.spelled(note))") }
    try Console.result("  hash \(inspection.hash.prefix(16))")
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }

  /// `12,345,678`.
  private static func grouped(_ number: Int) -> String {
    var digits = String(number)
    var place = digits.count - 3
    while place > 0 {
      digits.insert(",", at: digits.index(digits.startIndex, offsetBy: place))
      place -= 3
    }
    return digits
  }
}
