import ArgumentParser
import Foundation
import NegativeSpaceEmojiFamily
import NegativeSpaceEvaluation
import NegativeSpaceKernels
import NegativeSpacePipelines
import NegativeSpaceWeights

/// `negspace score`: numbers for pictures and videos.
struct ScoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "Score pictures and videos: rewards, the judge, and measures of clips that need no weights.",
    discussion: """
      What a picture should show is taken from the settings stored in it, or from --prompt. Of a video, rewards are means over its \
      frames; flicker, motion amount and motion smoothness are always given.

      Examples:
        negspace score apple.png fox.png --reward sharpness
        negspace score clip.mp4 --judge Models/emoji-judge --csv scores.csv
      """)

  @Argument(help: ArgumentHelp("Pictures and videos.", valueName: "file"), completion: .file())
  var files: [String]

  @OptionGroup(title: "Scores") var scoring: ScoringOptions

  @Option(name: .shortAndLong, help: "What should be seen. (default: what each file says itself)")
  var prompt: String?

  @Option(help: ArgumentHelp("Write the table as CSV too.", valueName: "file"), completion: .file())
  var csv: String?

  @Flag(
    help: ArgumentHelp(
      "Leave texts in the CSV as they are, also those that a spreadsheet takes for formulas.", visibility: .hidden))
  var plainCsv = false

  @Option(name: .shortAndLong, help: "Threads. (default: all cores)")
  var threads: Int?

  @OptionGroup(title: "Reporting") var reporting: ReportingOptions

  private struct Outcome: Encodable {
    let path: String
    let prompt: String?
    let frames: Int
    let scores: [String: Double]
  }

  func validate() throws {
    if files.isEmpty { throw ValidationError("A file is missing. Name the pictures and videos to score.") }
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads is \(threads); expected a number from 1 to 1024.")
    }
  }

  func run() throws {
    let interruption = Interruption()
    if let csv { try GenerationOutput.checkWritable(csv) }
    if let threads { Threads.use(threads) }
    let scorer = try Scorer(
      rewards: scoring.rewards(), judge: scoring.judge.map { EmojiFrameJudge(folder: $0) })
    for file in files { _ = try existingKind(file) }
    let loaded = try scorer.load()
    var names: [ScoreName] = []
    let progress = reporting.progress
    let outcomes = try files.enumerated().map { index, path in
      if interruption.isRaised { throw GenerationError.cancelled(phase: "scoring, before \(path)", latents: nil) }
      let scores = try loaded.scores(contentsOf: path, prompt: prompt)
      names += scores.names.filter { !names.contains($0) }
      if files.count > 1 { progress.update("file", index + 1, of: files.count) }
      return Outcome(path: path, prompt: scores.prompt, frames: scores.frameCount, scores: scores.values)
    }
    progress.end()
    let columns = names.map(\.text)
    if let csv {
      try ResultFile.write(table(outcomes, columns).map { ResultFile.line($0, isNeutral: !plainCsv) }.joined(), to: csv)
    }
    if reporting.json {
      try Console.result(json: ["files": outcomes])
    } else {
      try Console.result(aligned(outcomes, columns))
    }
  }

  private func table(_ outcomes: [Outcome], _ columns: [String]) -> [[String]] {
    [["file", "prompt", "frames"] + columns.map { $0.replacingOccurrences(of: " ", with: "_") }]
      + outcomes.map { outcome in
        [outcome.path, outcome.prompt ?? "", "\(outcome.frames)"]
          + columns.map { outcome.scores[$0].map { "\($0)" } ?? "" }
      }
  }

  /// A line for each file, numbers in columns.
  private func aligned(_ outcomes: [Outcome], _ columns: [String]) -> String {
    let lines =
      [["file"] + columns]
      + outcomes.map { outcome in
        [outcome.path] + columns.map { outcome.scores[$0].map { String(format: "%.4f", $0) } ?? "–" }
      }
    let widths = lines[0].indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    return lines.map { line in
      line.enumerated().map { column, text in
        let space = String(repeating: " ", count: widths[column] - text.count)
        return column == 0 ? text + space : space + text
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}
