import ArgumentParser

/// `negspace learn`: learning of negatives, and of words.
struct LearnCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "learn", abstract: "Learn a negative embedding, or words from a picture.",
    subcommands: [LearnReNegCommand.self, LearnReNegSampleCommand.self, LearnDreamArtistCommand.self])
}
