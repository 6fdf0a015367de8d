import ArgumentParser

/// `negspace learn`: what a model should avoid, learned.
struct LearnCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "learn", abstract: "Learn a negative embedding.",
    subcommands: [LearnReNegCommand.self, LearnReNegSampleCommand.self])
}
