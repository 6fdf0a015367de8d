import ArgumentParser

/// `negspace learn negopt`: writers of negative prompts.
struct LearnNegOptCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "negopt", abstract: "Learn to write negative prompts (NegOpt, arXiv:2403.07605).",
    subcommands: [
      LearnNegOptStatsCommand.self, LearnNegOptMeasureCommand.self, LearnNegOptSFTCommand.self,
      LearnNegOptRLCommand.self,
    ])
}
