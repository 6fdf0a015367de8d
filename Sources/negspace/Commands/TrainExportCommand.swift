import ArgumentParser
import NegativeSpaceEmojiFamily
import NegativeSpaceKernels

/// `negspace train export`: the runs as folders that diffusers loads.
struct TrainExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write the trained parts as diffusers folders.",
    discussion: """
      Examples:
        negspace train export --runs runs -o Models
      """)

  @Option(help: ArgumentHelp("The folder of the runs.", valueName: "dir"), completion: .directory)
  var runs = "runs"

  @Option(name: .shortAndLong, help: ArgumentHelp("Where the folders go.", valueName: "path"), completion: .file())
  var output = "Models"

  func run() throws {
    let runs = try FamilyRuns(folder: runs, dtype: .float32)
    for folder in try FamilyExport(runs, to: output).write() { try Console.result(folder) }
  }
}
