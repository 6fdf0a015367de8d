import Foundation
import NegativeSpaceConfiguration
import NegativeSpaceFiles
import Synchronization

/// Scores of the pictures that were made, and for a run the file that they outlive it in: a line of JSON for each batch.
///
/// Pictures that are computed together round otherwise than each alone. A run that goes on has to know the very pictures
/// that it knew, so that those it lacks come in the same batches.
final class KnownScores: Sendable {
  typealias Scores = [NegativeScoring.Key: NegativeScoring.Score]

  private struct State {
    var scores: Scores = [:]
    var file: FileHandle?
  }

  /// The file's name within a run's folder.
  static let file = "scores.jsonl"
  /// More pictures' scores than these are not kept.
  private static let limit = 1 << 18
  /// Bytes of a file at most: as many scores of long prompts.
  private static let bytes = 1 << 30

  private let state: Mutex<State>

  /// Scores in memory alone.
  init() { state = Mutex(State()) }

  /// Those of a run's folder, and to be added to it; what was cut off is left out.
  ///
  /// - Throws: `FileError.unwritable`, `ConfigurationError` of a file beyond any run's size.
  init(in folder: String) throws {
    let path = "\(folder)/\(Self.file)"
    if !FileManager.default.fileExists(atPath: path) { try OutputFile.write("", to: path) }
    guard let file = FileHandle(forUpdatingAtPath: path) else {
      throw FileError.unwritable(path: path, reason: "it cannot be opened")
    }
    let data = try ConfigFile.contents(ofFile: path, limit: Self.bytes)
    var (whole, scores): (UInt64, Scores) = (0, [:])
    for line in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast() {
      guard let batch = try? Self.batch(Data(line), path) else { break }
      Self.add(batch, to: &scores)
      whole += UInt64(line.count) + 1
    }
    try file.truncate(atOffset: whole)
    state = Mutex(State(scores: scores, file: file))
  }

  var isEmpty: Bool { state.withLock { $0.scores.isEmpty } }

  subscript(_ key: NegativeScoring.Key) -> NegativeScoring.Score? { state.withLock { $0.scores[key] } }

  /// Keeps the scores of one batch.
  ///
  /// - Throws: what keeps the file from being written.
  func add(_ batch: [(key: NegativeScoring.Key, score: NegativeScoring.Score)]) throws {
    try state.withLock { state in
      Self.add(batch, to: &state.scores)
      try state.file?.write(contentsOf: Data((Self.line(batch) + "\n").utf8))
    }
  }

  private static func add(
    _ batch: [(key: NegativeScoring.Key, score: NegativeScoring.Score)], to scores: inout Scores
  ) {
    if scores.count > limit { scores.removeAll() }
    for (key, score) in batch { scores[key] = score }
  }

  private static func line(_ batch: [(key: NegativeScoring.Key, score: NegativeScoring.Score)]) -> String {
    JSONValue.object([
      "scores": .array(
        batch.map { key, score in
          .object([
            "prompt": .string(key.prompt), "negative": .string(key.negative), "seed": .integer(key.seed),
            "reward": .number(Double(score.reward)), "classes": .array(score.classes.map { .number(Double($0)) }),
          ])
        })
    ]).text()
  }

  private static func batch(
    _ line: Data, _ path: String
  ) throws -> [(key: NegativeScoring.Key, score: NegativeScoring.Score)] {
    try ConfigFile(parsing: line, file: path).sections("scores").map { score in
      (
        NegativeScoring.Key(
          prompt: try score.string("prompt"), negative: try score.string("negative"),
          seed: try score.value("seed")),
        NegativeScoring.Score(
          reward: Float(try score.number("reward")), classes: try score.numbers("classes").map { Float($0) })
      )
    }
  }
}
