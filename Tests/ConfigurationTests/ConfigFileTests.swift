import Foundation
import Testing

@testable import NegativeSpaceConfiguration

@Suite("JSON configurations")
struct ConfigFileTests {
  private func config(_ text: String) throws -> ConfigFile { try ConfigFile(parsing: Data(text.utf8), file: "x.json") }

  private func fixture(_ name: String) -> URL { Bundle.module.bundleURL.appending(path: "Fixtures/\(name)") }

  /// `whole` cut at every sixteenth, and with a few random bits turned over.
  private func damaged(_ whole: Data, flips: Int) -> [Data] {
    let cuts = (0..<16).map { Data(whole.prefix(whole.count * $0 / 16)) }
    return cuts
      + (0..<flips).map { _ in
        var copy = whole
        for _ in 0..<Int.random(in: 1...6) { copy[Int.random(in: 0..<copy.count)] ^= 1 << Int.random(in: 0..<8) }
        return copy
      }
  }

  @Test("reads what diffusers writes, bare infinity included")
  func scheduler() throws {
    let file = try ConfigFile(path: fixture("scheduler_config.json").path)
    #expect(try file.string("_class_name") == "DPMSolverMultistepScheduler")
    #expect(try file.number("lambda_min_clipped") == -.infinity)
    #expect(try file.integer("num_train_timesteps") == 1000)
    #expect(try file.number("beta_end") == 0.02)
    #expect(try file.bool("use_karras_sigmas", default: true) == false)
    #expect(file["trained_betas"] == nil)
  }

  @Test("values, defaults and sections")
  func values() throws {
    let file = try config(
      #"{"i": 3, "f": 4.0, "x": 1e-5, "b": true, "s": "ü\n\u00e9\ud83c\udf4e\ud800", "n": null, "l": [1, 2], "t": ["a"], "#
        + #""o": {"k": [NaN, Infinity, -Infinity, -0.5]}, "big": 123456789012345678901234567890}"#)
    #expect(try file.integer("i") == 3)
    #expect(try file.integer("f") == 4)
    #expect(try file.number("i") == 3)
    #expect(try file.number("x") == 1e-5)
    #expect(try file.number("big") == 1.2345678901234568e29)
    #expect(try file.bool("b"))
    #expect(try file.string("s") == "ü\né🍎\u{FFFD}")
    #expect(try file.integer("n", default: 7) == 7)
    #expect(try file.integers("l") == [1, 2])
    #expect(try file.strings("t") == ["a"])
    let numbers = try file.section("o").numbers("k")
    #expect(numbers[0].isNaN && Array(numbers[1...]) == [.infinity, -.infinity, -0.5])
  }

  @Test("errors name the file, the dotted key, what was found and what was expected")
  func errors() throws {
    let file = try config(#"{"a": "8", "o": {"k": 1.5, "l": [1, "2"]}}"#)
    #expect(throws: ConfigurationError.missingKey(file: "x.json", key: "z")) { try file.integer("z") }
    #expect(
      throws: ConfigurationError.wrongValue(file: "x.json", key: "a", found: "\"8\"", expected: "a whole number")
    ) { try file.integer("a") }
    let section = try file.section("o")
    #expect(
      throws: ConfigurationError.wrongValue(file: "x.json", key: "o.k", found: "1.5", expected: "a whole number")
    ) { try section.integer("k") }
    #expect(throws: ConfigurationError.missingKey(file: "x.json", key: "o.z")) { try section.bool("z") }
    #expect(throws: ConfigurationError.self) { try section.integers("l") }
    #expect(throws: ConfigurationError.self) { try file.section("a") }
  }

  private struct Betas: ReadableConfiguration {
    struct Refused: Error, CustomStringConvertible { let description = "no betas today" }
    static let owner = "Betas"
    let end: Double
    let clip: Double

    init(_ config: ConfigFile) throws {
      if config["refuse"] != nil { throw Refused() }
      end = try config.number("end")
      clip = try config.number("clip")
      if end > 1 { throw ConfigurationError.wrongValue(owner: Self.owner, key: "end", found: "\(end)", expected: "1") }
    }
  }

  @Test("decodes configuration types; what they refuse comes with the file's name")
  func decoding() throws {
    let betas = try config(#"{"end": 0.02, "clip": -Infinity, "other": {"x": NaN}}"#).decode(Betas.self)
    #expect(betas.end == 0.02 && betas.clip == -.infinity)
    #expect(throws: ConfigurationError.missingKey(file: "x.json", key: "clip")) {
      try config(#"{"end": 1}"#).decode(Betas.self)
    }
    #expect(throws: ConfigurationError.refused(file: "x.json", reason: "no betas today")) {
      try config(#"{"refuse": 1}"#).decode(Betas.self)
    }
    #expect(
      throws: ConfigurationError.wrongValue(
        file: "x.json", owner: "Betas", key: "end", found: "\"1\"", expected: "a number")
    ) { try config(#"{"end": "1", "clip": 2}"#).decode(Betas.self) }
    #expect(
      throws: ConfigurationError.wrongValue(file: "x.json", owner: "Betas", key: "o.end", found: "2.0", expected: "1")
    ) { try config(#"{"o": {"end": 2, "clip": 2}}"#).section("o").decode(Betas.self) }
  }

  @Test("bare words of Python are numbers, strings that say the same stay strings")
  func bareWords() throws {
    let file = try config(#"{"a": "-Infinity \" NaN", "b": [NaN, Infinity, -Infinity]}"#)
    #expect(try file.string("a") == #"-Infinity " NaN"#)
    #expect(try file.numbers("b").map { "\($0)" } == ["nan", "inf", "-inf"])
  }

  @Test("a file of more bytes than allowed, or none, is refused")
  func size() throws {
    let path = fixture("scheduler_config.json").path
    let bytes = try Data(contentsOf: fixture("scheduler_config.json")).count
    #expect(try ConfigFile(path: path, limit: bytes).fields.isEmpty == false)
    #expect(throws: ConfigurationError.tooLarge(file: path, bytes: bytes, limit: bytes - 1)) {
      try ConfigFile(path: path, limit: bytes - 1)
    }
    #expect(throws: ConfigurationError.self) { try ConfigFile(path: path + ".none") }
    #expect(throws: ConfigurationError.self) { try ConfigFile(path: fixture("").path) }
  }

  @Test(
    "what is no JSON object is refused with its place",
    arguments: [
      "", " ", "{", "}", "[1]", "3", "nul", #"{"a":}"#, #"{"a":1,}"#, #"{"a":01}"#, #"{"a":1.}"#, #"{"a":+1}"#,
      #"{"a":1e}"#,
      #"{"a":1} {"#, #"{"a":1,"a":2}"#, #"{a:1}"#, #"{"a":"\q"}"#, #"{"a":"\u12"}"#, #"{"a":tru}"#, "{\"a\":\"\n\"}",
      #"{"a":--1}"#,
      #"{"a":-}"#, #"{"a":"unended}"#, #"{"a":NaNs}"#, #"{"a":.5}"#,
    ])
  func malformed(text: String) {
    #expect(throws: ConfigurationError.self) { try config(text) }
  }

  @Test("bytes that are not UTF-8, and endless nesting, are refused")
  func hostile() {
    #expect(throws: ConfigurationError.self) {
      try ConfigFile(parsing: Data(#"{"a":""#.utf8) + Data([0xC3, 0x28]) + Data(#""}"#.utf8), file: "x.json")
    }
    for bracket in ["[", #"{"a":"#] {
      #expect(throws: ConfigurationError.self) { try config(#"{"a":"# + String(repeating: bracket, count: 500_000)) }
    }
  }

  @Test("what is written is read again, keys sorted")
  func writing() throws {
    let value = JSONValue.object([
      "z": .array([.integer(1), .number(0.1), .number(-.infinity), .null]), "a": .object(["k": .bool(true)]),
      "s": .string("\"\\\n\u{1}🍎"), "e": .array([]),
    ])
    let text = value.text()
    #expect(text == #"{"a": {"k": true}, "e": [], "s": "\"\\\n\u0001🍎", "z": [1, 0.1, -Infinity, null]}"#)
    #expect(try JSONValue(parsing: Data(text.utf8), file: "x.json") == value)
    #expect(try JSONValue(parsing: Data(value.text(indent: 2).utf8), file: "x.json") == value)
  }

  @Test("damaged files give an error or a value, never a crash")
  func damaged() throws {
    for name in ["scheduler_config.json", "unet_config.json", "model_index.json"] {
      for data in damaged(try Data(contentsOf: fixture(name)), flips: 2000) {
        guard let file = try? ConfigFile(parsing: data, file: "x.json") else { continue }
        // A file that was read can be written and read again.
        let text = JSONValue.object(file.fields).text(indent: 1)
        #expect(try ConfigFile(parsing: Data(text.utf8), file: "x.json").fields.count == file.fields.count)
      }
    }
  }

  @Test func `A pipe in a model's folder is refused, not waited for`() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "pipe-\(UUID().uuidString).json").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(mkfifo(path, 0o600) == 0)
    #expect(throws: ConfigurationError.unreadable(file: path, reason: "it is a pipe, not a plain file")) {
      try ConfigFile(path: path)
    }
    #expect(throws: ConfigurationError.self) { try ConfigFile(path: "/dev/zero") }
  }

  @Test func `A byte order mark before the text is no part of it`() throws {
    let mark = Data([0xEF, 0xBB, 0xBF])
    #expect(try ConfigFile(parsing: mark + Data("{\"a\": 1}".utf8), file: "f")["a"] == .integer(1))
    #expect(throws: ConfigurationError.self) { try ConfigFile(parsing: mark + mark + Data("{}".utf8), file: "f") }
    #expect(throws: ConfigurationError.self) { try ConfigFile(parsing: mark, file: "f") }
  }
}
