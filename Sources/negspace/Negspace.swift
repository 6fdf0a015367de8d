import ArgumentParser

/// The command line.
@main
struct Negspace: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "negspace", subcommands: [TrainCommand.self])
}
