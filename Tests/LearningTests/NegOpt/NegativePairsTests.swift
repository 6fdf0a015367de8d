import Foundation
import NegativeSpaceLearning
import NegativeSpaceTables
import NegativeSpaceTestSupport
import Testing

@Suite struct NegativePairsTests {
  private func pairs(
    _ rows: [(String, String, String)], held: Float = 0, _ change: (inout PairSelection) -> Void = { _ in }
  ) throws -> NegativePairs {
    let folder = try TemporaryFolder()
    let lines = rows.map { "\"\($0.0)\",\"\($0.1)\",\($0.2)" }
    try Data((["prompt,negative_prompt,likes"] + lines).joined(separator: "\n").utf8)
      .write(to: folder.url.appending(path: "t.csv"))
    var selection = PairSelection()
    change(&selection)
    return try NegativePairs(reading: [folder.path("t.csv")], selection: selection, heldShare: held)
  }

  @Test func `Each filter counts what it leaves out`() throws {
    let found = try pairs([
      ("a castle", "ugly", "5"), ("A  Castle", "Ugly", "5"), ("", "ugly", "5"), ("a castle", " ", "5"),
      ("a castle", "blurry", "1"), ("красный замок", "ugly", "5"), ("a castle", "one two three four", "5"),
      ("a nude castle", "ugly", "5"), ("a tower", "ugly", "5"),
    ]) {
      ($0.minLikes, $0.script, $0.negativeWords, $0.leftOutWords) = (2, .latin, 1...3, ["nude"])
    }
    #expect(found.train.map(\.prompt) == ["a castle", "a tower"])
    let statistics = found.statistics
    #expect(statistics.rows == 9)
    #expect(statistics.used == 2)
    #expect(
      statistics.leftOut == [
        .duplicate: 1, .emptyPrompt: 1, .emptyNegative: 1, .likes: 1, .script: 1, .length: 1, .words: 1,
      ])
    #expect(statistics.commonest(1).first?.negative == "ugly")
    #expect(statistics.commonest(1).first?.count == 2)
  }

  @Test func `All pairs of a prompt are on one side`() throws {
    let rows = (0..<400).map { ("prompt \($0 % 100)", "negative \($0)", "1") }
    let found = try pairs(rows, held: 0.3)
    let (train, held) = (Set(found.train.map(\.prompt)), Set(found.held.map(\.prompt)))
    #expect(train.isDisjoint(with: held))
    #expect(train.count + held.count == 100)
    // 30 of 100, give or take three deviations.
    #expect((16...44).contains(held.count))
    #expect(try pairs(rows, held: 0.3).held == found.held)
  }

  @Test func `Other columns by name, and a missing one with those that are there`() throws {
    let folder = try TemporaryFolder()
    try Data("text\tavoid\na castle\tugly\n".utf8).write(to: folder.url.appending(path: "t.tsv"))
    var selection = PairSelection()
    #expect(throws: TableError.self) { try NegativePairs(reading: [folder.path("t.tsv")], selection: selection) }
    (selection.promptColumn, selection.negativeColumn) = ("text", "avoid")
    let found = try NegativePairs(reading: [folder.path("t.tsv")], selection: selection, heldShare: 0)
    #expect(found.train == [NegativePair(prompt: "a castle", negative: "ugly")])
  }

  @Test func `Batches are of about one length`() {
    let rows = (1...640).map { PairBatches.Row(prompt: [Int](repeating: 3, count: $0 % 40 + 1), negative: [5, 1]) }
    let batches = PairBatches(rows, batch: 4, seed: 1)
    for step in 0..<50 {
      let lengths = batches.rows(step: step).map(\.prompt.count)
      #expect(lengths.count == 4)
      #expect((lengths.max() ?? 0) - (lengths.min() ?? 0) <= 5)
      #expect(batches.rows(step: step) == batches.rows(step: step))
    }
    #expect(batches.rows(step: 1) != batches.rows(step: 2))
  }

  /// What people write for a colour is learned and written for a prompt that was not seen; a run that is cut off and
  /// goes on gives the same bits.
  @Test func `A new writer learns what goes with what, and resumes to the same bits`() throws {
    let folder = try TemporaryFolder()
    let things = ["apple", "house", "cat", "boat", "tree", "star", "hat", "cup"]
    let pairs = things.flatMap { thing in
      [("red", "green, blurry"), ("blue", "yellow, noisy")].map {
        NegativePair(prompt: "a \($0.0) \(thing)", negative: $0.1)
      }
    }
    let data = NegativePairs(train: Array(pairs.dropLast(2)), held: Array(pairs.suffix(2)))
    var fresh = FreshWriter()
    (fresh.pieces, fresh.width, fresh.layers, fresh.heads) = (60, 32, 1, 2)
    var settings = SFTSettings()
    settings.batch = 8
    let learning = try SFTLearning(pairs: data, start: .fresh(fresh), settings: settings)
    func plan(_ name: String) -> WriterPlan {
      var plan = WriterPlan(folder: folder.path(name), steps: 120)
      (plan.rate, plan.validateEvery, plan.warmup) = (1e-2, 60, 5)
      return plan
    }
    let whole = try learning.run(plan("whole"))
    try whole.write(to: folder.path("writer"))
    #expect(whole.value > -0.2)

    let calls = Counter()
    let cut = try? learning.run(plan("cut"), isCancelled: { calls.next() > 70 })
    #expect(cut?.step != 120)
    try learning.run(plan("cut")).write(to: folder.path("resumed"))
    let files = try ["writer", "resumed"].map {
      try Data(contentsOf: URL(fileURLWithPath: folder.path("\($0)/model.safetensors")))
    }
    #expect(files[0] == files[1])
  }
}

/// Counts calls from any thread.
private final class Counter: @unchecked Sendable {
  private let lock = NSLock()
  private var count = 0

  func next() -> Int {
    lock.withLock {
      count += 1
      return count
    }
  }
}
