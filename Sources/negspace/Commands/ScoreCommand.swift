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
    abstract: "Score pictures and videos, one by one and together.",
    discussion: """
      What a picture should show is taken from the settings stored in it, or from --prompt. Of a video, rewards are means over its \
      frames; flicker, motion amount and motion smoothness are always given.

      Examples:
        negspace score apple.png fox.png --reward sharpness
        negspace score clip.mp4 --judge Models/emoji-judge --csv scores.csv
        negspace score made/*.png --classifier weights-inception-2015-12-05-6726825d.pth --reference real
      """)

  @Argument(help: ArgumentHelp("Pictures and videos.", valueName: "file"), completion: .file())
  var files: [String]

  @OptionGroup(title: "Scores") var scoring: ScoringOptions
  @OptionGroup(title: "All together") var set: PictureSetOptions

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
      rewards: scoring.rewards(), negative: scoring.negative, judge: scoring.judge.map { EmojiFrameJudge(folder: $0) }
    )
    for file in files { _ = try existingKind(file) }
    let together = try set.reader()
    var names: [ScoreName] = []
    // Where all that is asked for is a figure of all, pictures have none of their own.
    let outcomes =
      together != nil && scorer.names(isClip: false).isEmpty
      ? [] : try outcomes(try scorer.load(), interruption) { names += $0.filter { !names.contains($0) } }
    let columns = names.map(\.text)
    if let csv {
      try ResultFile.write(table(outcomes, columns).map { ResultFile.line($0, isNeutral: !plainCsv) }.joined(), to: csv)
    }
    let figures = try together?(files) { interruption.isRaised }
    if reporting.json {
      try Console.result(json: Result(files: outcomes, together: figures.map(PictureSetFigures.init)))
    } else {
      if !outcomes.isEmpty { try Console.result(aligned(outcomes, columns)) }
      if let figures { try Console.result(figures.text) }
    }
  }

  private struct Result: Encodable {
    let files: [Outcome]
    let together: PictureSetFigures?
  }

  private func outcomes(
    _ scorer: LoadedScorer, _ interruption: Interruption, _ named: ([ScoreName]) -> Void
  ) throws -> [Outcome] {
    let progress = reporting.progress
    let outcomes = try files.enumerated().map { index, path in
      if interruption.isRaised { throw GenerationError.cancelled(phase: "scoring, before \(path)", latents: nil) }
      let scores = try scorer.scores(contentsOf: path, prompt: prompt)
      named(scores.names)
      if files.count > 1 { progress.update("file", index + 1, of: files.count) }
      return Outcome(path: path, prompt: scores.prompt, frames: scores.frameCount, scores: scores.values)
    }
    progress.end()
    return outcomes
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
