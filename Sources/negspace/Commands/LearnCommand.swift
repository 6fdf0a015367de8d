import ArgumentParser

/// `negspace learn`: learning of negatives, and of encoders.
struct LearnCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "learn", abstract: "Learn a negative embedding, or a text encoder.",
    subcommands: [LearnReNegCommand.self, LearnReNegSampleCommand.self, LearnTextCraftorCommand.self])
}
