import Foundation
import NegativeSpaceTables
import NegativeSpaceTestSupport
import Testing

/// Made with: python Tests/TablesTests/Fixtures/make_tables.py (pyarrow 26.0).
@Suite struct TableTests {
  private struct Expected: Decodable {
    let columns: [String]
    let rows: [[String?]]
  }

  static func path(_ name: String) throws -> String {
    try #require(Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: nil)).path
  }

  private func expected() throws -> Expected {
    try JSONDecoder().decode(
      Expected.self, from: Data(contentsOf: URL(fileURLWithPath: Self.path("expected.json"))))
  }

  private func rows(_ path: String, _ columns: [String]) throws -> [[String?]] {
    var rows: [[String?]] = []
    try openTable(path).forEachRow(of: columns) { rows.append($0) }
    return rows
  }

  static let variants = ["none", "snappy", "gzip", "zstd"].flatMap { codec in
    ["v1", "v2"].flatMap { version in ["dictionary", "plain"].map { "\(codec)-\(version)-\($0).parquet" } }
  }

  @Test(arguments: variants) func `Parquet files of pyarrow are read as they were written`(name: String) throws {
    let expected = try expected()
    let table = try openTable(Self.path(name))
    #expect(table.columns == expected.columns)
    let found = try rows(Self.path(name), expected.columns)
    #expect(found.count == expected.rows.count)
    for (index, pair) in zip(found, expected.rows).enumerated() { #expect(pair.0 == pair.1, "row \(index)") }
  }

  @Test func `Columns come in the order asked for`() throws {
    let expected = try expected()
    let found = try rows(Self.path("snappy-v1-dictionary.parquet"), ["likes", "prompt"])
    #expect(found == expected.rows.map { [$0[2], $0[0]] })
  }

  @Test func `CSV with a byte order mark, quotes and line ends in values`() throws {
    let expected = try expected()
    let found = try rows(Self.path("table.csv"), expected.columns)
    #expect(found == expected.rows.map { $0.map { $0 ?? "" } })
  }

  @Test func `JSON lines, a missing key as null`() throws {
    let expected = try expected()
    #expect(try rows(Self.path("table.jsonl"), ["negative_prompt", "likes"]) == expected.rows.map { [$0[1], $0[2]] })
  }

  @Test func `A Parquet file without rows is read, whatever places it has for nothing`() throws {
    #expect(try rows(Self.path("empty.parquet"), ["prompt", "likes"]).isEmpty)
  }

  @Test(arguments: [#"["a", "b"]"#, #"{"text": "a"}"#, "true"])
  func `A value of JSON lines that is no text is refused with its line`(value: String) throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).jsonl").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data("{\"prompt\": \"x\", \"more\": []}\n{\"prompt\": \(value)}\n".utf8).write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: TableError.self) { try rows(path, ["prompt"]) }
    #expect("\(try #require(error))".contains("line 2: \"prompt\" is "))
  }

  @Test(arguments: [
    ("refused-brotli.parquet", "Brotli"), ("refused-delta.parquet", "DELTA_LENGTH_BYTE_ARRAY"),
    ("refused-nested.parquet", "lists"),
  ])
  func `What is not read is refused by its name`(name: String, word: String) throws {
    do {
      _ = try rows(Self.path(name), ["prompt"])
      Issue.record("\(name) is read")
    } catch let error as TableError {
      #expect("\(error)".contains(word))
    }
  }

  @Test func `A flat column beside a nested one is read`() throws {
    #expect(try rows(Self.path("refused-nested.parquet"), ["negative_prompt"]) == [["x"], ["y"]])
  }

  @Test func `A missing column is named, and those that are there`() throws {
    for name in ["table.csv", "table.jsonl", "none-v1-plain.parquet"] {
      do {
        _ = try rows(Self.path(name), ["prompt", "avoid"])
        Issue.record("\(name) has the column")
      } catch let error as TableError {
        guard case .missingColumns(_, let missing, let found) = error else { throw error }
        #expect(missing == ["avoid"])
        #expect(found.contains("negative_prompt"))
      }
    }
  }

  private func read(csv text: String) throws -> [[String?]] {
    let folder = try TemporaryFolder()
    try Data(text.utf8).write(to: folder.url.appending(path: "t.csv"))
    return try rows(folder.path("t.csv"), ["a", "b"])
  }

  @Test(arguments: [
    ("a,b\n1,2\n", [["1", "2"]]), ("a,b\r\n1,2\r\n\r\n3,4", [["1", "2"], ["3", "4"]]),
    ("b,a\r1,2\r\"3\",4", [["2", "1"], ["4", "3"]]), ("a,b\n\"x\"\"y\",\"\"\n", [["x\"y", ""]]),
    ("a,b\n\"l1\r\nl2\",z\n", [["l1\r\nl2", "z"]]), ("a,b\n,\n", [["", ""]]),
  ])
  func `CSV as it comes`(text: String, expected: [[String]]) throws {
    #expect(try read(csv: text) == expected.map { $0.map { Optional($0) } })
  }

  @Test(arguments: [
    ("a,b\n1,2\n\"never,closed\n3,4\n", "line 3"), ("a,b\n1,2\n3\n", "line 3"), ("a,b\n\"x\"y,2\n", "line 2"),
    ("", "line 1"),
  ])
  func `Broken CSV is an error with its line`(text: String, place: String) throws {
    do {
      _ = try read(csv: text)
      Issue.record("it is read")
    } catch let error as TableError {
      #expect("\(error)".contains(place), "\(error)")
    }
  }

  @Test func `A truncated Parquet file is an error at every length`() throws {
    let whole = try Data(contentsOf: URL(fileURLWithPath: Self.path("zstd-v2-dictionary.parquet")))
    let folder = try TemporaryFolder()
    for length in stride(from: 0, to: whole.count, by: 997) {
      try whole.prefix(length).write(to: folder.url.appending(path: "t.parquet"))
      #expect(throws: TableError.self) { try self.rows(folder.path("t.parquet"), ["prompt"]) }
    }
  }

  @Test(arguments: ["parquet", "csv", "jsonl"]) func `Damaged files are errors`(kind: String) throws {
    let names = kind == "parquet" ? Self.variants.filter { !$0.hasPrefix("none-v1") } : ["table.\(kind)"]
    var fuzzing = try Fuzzing(
      kind, corpus: try names.map { try Data(contentsOf: URL(fileURLWithPath: Self.path($0))) },
      words: ["\"", "\n", ",", "{", "PAR1", "\u{15}\u{0}", "null"])
    try fuzzing.run(file: "t.\(kind)") { folder in
      try openTable(folder.path("t.\(kind)")).forEachRow(of: ["prompt", "negative_prompt", "likes", "nsfw"]) { _ in }
    }
  }
}
