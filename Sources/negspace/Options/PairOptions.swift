public import ArgumentParser
import Foundation
public import NegativeSpaceLearning
import NegativeSpaceTables

/// Files of prompts with their negatives, and which of their rows are used.
struct PairOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Prompts with their negatives: CSV, TSV, JSON lines or Parquet; may be repeated.", valueName: "file"),
    completion: .file())
  var data: [String]

  @Option(help: "The column of prompts.")
  var promptColumn = "prompt"
  @Option(help: "The column of negatives.")
  var negativeColumn = "negative_prompt"
  @Option(help: "Likes that a row has at least, of the column --likes-column.")
  var minLikes = 0
  @Option(help: "The column of likes.")
  var likesColumn = "likes"
  @Option(help: "The writing that texts are in: any, latin.")
  var script = PairSelection.Script.any
  @Option(help: ArgumentHelp("Words of a prompt, at least and at most.", valueName: "a,b"))
  var promptWords = "1,400"
  @Option(help: ArgumentHelp("Words of a negative, at least and at most.", valueName: "a,b"))
  var negativeWords = "1,200"
  @Option(
    help: ArgumentHelp("A file of words, one a line, that no text may have.", valueName: "file"), completion: .file())
  var leaveOut: String?
  @Flag(help: "Use a pair again that was there already.")
  var keepDuplicates = false
  @Option(help: "The share of prompts, with all their pairs, that is held out.")
  var heldShare: Float = 0.05

  func validate() throws {
    if data.isEmpty { throw ValidationError("--data is missing: a CSV, TSV, JSON lines or Parquet file") }
    guard heldShare >= 0, heldShare < 1 else {
      throw ValidationError("--held-share is \(heldShare); it must be from 0 to below 1")
    }
    if likesColumn != "likes", minLikes == 0 {
      throw ValidationError("--likes-column is \(likesColumn); expected --min-likes beside it")
    }
    _ = try Self.range(promptWords, "--prompt-words")
    _ = try Self.range(negativeWords, "--negative-words")
  }

  /// - Parameter keepsPairs: false only counts.
  func read(keepsPairs: Bool = true, isCancelled: () -> Bool) throws -> NegativePairs {
    var selection = PairSelection()
    (selection.promptColumn, selection.negativeColumn) = (promptColumn, negativeColumn)
    (selection.minLikes, selection.likesColumn, selection.script) = (minLikes, likesColumn, script)
    selection.promptWords = try Self.range(promptWords, "--prompt-words")
    selection.negativeWords = try Self.range(negativeWords, "--negative-words")
    selection.keepsDuplicates = keepDuplicates
    if let leaveOut { selection.leftOutWords = Set(try PromptList(path: leaveOut).texts.map { $0.lowercased() }) }
    do {
      return try NegativePairs(
        reading: data, selection: selection, heldShare: heldShare, keepsPairs: keepsPairs, isCancelled: isCancelled)
    } catch let error as TableError {
      guard case .missingColumns = error else { throw error }
      throw ValidationError("\(error) Name others with --prompt-column, --negative-column and --likes-column.")
    }
  }

  private static func range(_ text: String, _ option: String) throws -> ClosedRange<Int> {
    let numbers = text.split(separator: ",").map { Int($0.trimmingCharacters(in: .whitespaces)) }
    guard numbers.count == 2, let low = numbers[0], let high = numbers[1], low >= 1, low <= high else {
      throw ValidationError(
        "\(option) is \"\(text)\"; expected two numbers from 1 on, the smaller first, such as 1,200")
    }
    return low...high
  }
}

extension PairSelection.Script: ExpressibleByArgument {}
