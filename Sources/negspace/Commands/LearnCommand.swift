import ArgumentParser

/// `negspace learn`: learning of negatives.
struct LearnCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "learn", abstract: "Learn a negative embedding, or a writer of negatives.",
    subcommands: [LearnReNegCommand.self, LearnReNegSampleCommand.self, LearnNegOptCommand.self])
}
