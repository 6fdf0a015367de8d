import Foundation
import NegativeSpaceEvaluation
import NegativeSpacePipelines
import NegativeSpaceTestSupport
import Testing

/// Cells of which the record or the frames were damaged at random: they are made again, with the same results.
@Suite struct CellFuzzTests {
  /// A small comparison that was made, its results, and the path of its first cell up to the ending.
  private func withComparison(_ body: (Comparison, ComparisonResults, String) throws -> Void) throws {
    try Fixtures.withFolder { folder in
      var comparison = Comparison(
        arms: [NegativeArm("none", .empty), NegativeArm("words", .words("grey"))],
        models: [ComparedModel("tiny", path: Fixtures.video, prompts: ["a red apple"])], folder: folder)
      (comparison.request.steps, comparison.request.frames, comparison.dtype) = (1, 2, .float32)
      let whole = try ComparisonRun(comparison) { _ in }.run { false }
      try body(comparison, whole, "\(folder)/cells/\(whole.models[0].cells[0][0][0].key).")
    }
  }

  @Test(arguments: ["json", "png", "mp4"]) func `A damaged cell`(_ ending: String) throws {
    try withComparison { comparison, whole, record in
      let cell = record + ending
      let good = try Data(contentsOf: URL(fileURLWithPath: cell))
      var fuzzing = try Fuzzing(
        "cell, \(ending)", corpus: [good],
        words: ["-1", "9223372036854775807", "1e999", "null", "{", "[", "\"scores\"", "\"frames\" : ", "IHDR", "moov"])
      try fuzzing.run(file: "cell") { damaged in
        try Data(contentsOf: damaged.url.appending(path: "cell")).write(to: URL(fileURLWithPath: cell))
        let again = try ComparisonRun(comparison) { _ in }.run { false }
        #expect(again.csv() == whole.csv())
      }
    }
  }

  @Test(arguments: [("\"flicker\"", "\"flocker\""), ("\"motion amount\" : 0.", "\"motion amount\" : 7.")])
  func `A score that is not what was written is made again`(found: String, other: String) throws {
    try withComparison { comparison, whole, record in
      let cell = record + "json"
      let good = try String(contentsOfFile: cell, encoding: .utf8)
      #expect(good.contains(found), "\(good)")
      try good.replacing(found, with: other).write(toFile: cell, atomically: true, encoding: .utf8)
      #expect(try ComparisonRun(comparison) { _ in }.run { false }.csv() == whole.csv())
      #expect(try String(contentsOfFile: cell, encoding: .utf8) == good)
    }
  }
}
