import ArgumentParser

/// Messages while working, and form of the result.
struct ReportingOptions: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Say nothing but the result, warnings and errors.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Say more: model, sampler, times.")
  var verbose = false

  @Flag(help: "Print the result as JSON on standard output.")
  var json = false

  func validate() throws {
    if quiet, verbose { throw ValidationError("--quiet and --verbose were both given; choose one.") }
  }

  var progress: Progress { Progress(quiet ? .none : Console.isTerminal ? .bar : .lines) }

  /// A command's result that is files, a line for each.
  ///
  /// - Parameter step: the step that they are from, where something was learned.
  func result(_ files: [String], step: Int? = nil) throws {
    if json { return try Console.result(json: WrittenFiles(files: files, step: step)) }
    for file in files { try Console.result(file) }
  }

  private struct WrittenFiles: Encodable {
    let files: [String]
    let step: Int?
  }

  /// Says something unless it should be quiet.
  func note(_ text: String) {
    if !quiet { Console.message(text) }
  }

  /// Says something only to those who want to know more.
  func detail(_ text: String) {
    if verbose { Console.message(text) }
  }
}
