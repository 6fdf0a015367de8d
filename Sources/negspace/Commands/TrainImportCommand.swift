import ArgumentParser
import NegativeSpaceEmojiFamily

/// `negspace train import`: runs that go on from the shipped weights.
struct TrainImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Make runs of the shipped folders, to train them further.",
    discussion: """
      Examples:
        negspace train import -m Models --runs runs
      """)

  @Option(
    help: ArgumentHelp(
      "The folder of the runs; parts that have a checkpoint there stay as they are.", valueName: "dir"),
    completion: .directory)
  var runs = "runs"

  @Option(
    name: [.customShort("m"), .long],
    help: ArgumentHelp("The folder that holds emoji-image, emoji-video and the others.", valueName: "dir"),
    completion: .directory)
  var models = "Models"

  func run() throws {
    for part in try FamilyImport(from: models, into: runs).write() { try Console.result("\(runs)/\(part.rawValue)") }
  }
}
