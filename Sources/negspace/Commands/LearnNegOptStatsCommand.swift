import ArgumentParser
import NegativeSpaceLearning

/// `negspace learn negopt stats`: what is in a file of pairs.
struct LearnNegOptStatsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats", abstract: "Count the prompts and negatives of files, and what filters leave of them.",
    discussion: """
      Examples:
        negspace learn negopt stats --data prompts.csv --min-likes 10
      """)

  @OptionGroup(title: "Data") var pairs: PairOptions
  @OptionGroup(title: "Reporting") var reporting: ReportingOptions

  /// The result of `--json`.
  private struct Counts: Encodable {
    let rows: Int
    let used: Int
    let held: Int
    let prompts: Int
    let negatives: Int
    let leftOut: [String: Int]
    let commonest: [String]
    let commonestCounts: [Int]
  }

  func run() throws {
    let interruption = Interruption()
    let statistics: PairStatistics
    do {
      statistics = try pairs.read(keepsPairs: false, isCancelled: { interruption.isRaised }).statistics
    } catch is CancellationError {
      throw ExitCode(Interruption.status)
    }
    guard reporting.json else { return try Console.result(statistics.summary) }
    let commonest = statistics.commonest(10)
    try Console.result(
      json: Counts(
        rows: statistics.rows, used: statistics.used, held: statistics.held, prompts: statistics.prompts,
        negatives: statistics.differentNegatives,
        leftOut: Dictionary(uniqueKeysWithValues: statistics.leftOut.map { ($0.key.rawValue, $0.value) }),
        commonest: commonest.map(\.negative), commonestCounts: commonest.map(\.count)))
  }
}
