import ArgumentParser

/// `negspace learn`: learning of negatives, words, encoders and writers.
struct LearnCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "learn", abstract: "Learn a negative, words, a text encoder, or a writer of negatives.",
    subcommands: [
      LearnReNegCommand.self, LearnReNegSampleCommand.self, LearnDreamArtistCommand.self, LearnTextCraftorCommand.self,
      LearnNegOptCommand.self,
    ])
}
