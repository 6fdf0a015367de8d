import Foundation
import NegativeSpaceConfiguration
import Testing

/// Fields with defaults, ranges and known names.
@Suite struct ConfigFileValuesTests {
  private enum Colour: String, CaseIterable { case red, green }

  private func config(_ text: String) throws -> ConfigFile { try ConfigFile(parsing: Data(text.utf8), file: "x.json") }

  /// The error's words on the value of "k".
  private func words(_ value: String, _ read: (ConfigFile) throws -> Void) throws -> String {
    let config = try config(#"{"k": \#(value)}"#)
    return #expect(throws: ConfigurationError.self) { try read(config) }.map { "\($0)" } ?? ""
  }

  @Test func `What is absent or null takes the default`() throws {
    for text in ["{}", #"{"k": null}"#] {
      let config = try config(text)
      #expect(try config.size("k", default: 3) == 3)
      #expect(try config.sizes("k", default: [3, 4]) == [3, 4])
      #expect(try config.positive("k", default: 0.5) == 0.5)
      #expect(try config.choice("k", default: Colour.green) == .green)
      #expect(try config.choice("k") as Colour? == nil)
      #expect(try config.choices("k", default: [Colour.red]) == [.red])
      #expect(try config.optional("k", as: [String].self) == nil)
      #expect(try config.section("k", default: [:]).fields.isEmpty)
      #expect(try config.sections("k", default: []).isEmpty)
      try config.refuse("k")
    }
  }

  @Test func `One number stands for a list, fractions of nothing are whole, and names are known`() throws {
    let config = try config(
      ##"{"one": 8, "many": [1, 2.0], "name": "red", "names": ["red", "green"], "o": [{"k": 1}]}"##)
    #expect(try config.sizes("one", default: []) == [8])
    #expect(try config.sizes("many", default: []) == [1, 2])
    #expect(try config.choice("name", default: Colour.green) == .red)
    #expect(try config.choices("names", default: [Colour]()) == [.red, .green])
    #expect(try config.sections("o").map { try $0.integer("k") } == [1])
    try config.refuse("one", except: "7", "8")
    try config.refuse("name", except: "red")
  }

  @Test func `All fields are of one type, or the one that is not is named`() throws {
    #expect(try config(#"{"a": 1, "b": 2}"#).all(Int.self) == ["a": 1, "b": 2])
    #expect(throws: ConfigurationError.wrongValue(file: "x.json", key: "b", found: "null", expected: "a whole number"))
    {
      try config(#"{"a": 1, "b": null}"#).all(Int.self)
    }
  }

  @Test func `Both sides of a disagreement are named`() throws {
    #expect(
      try words("0") { _ = try $0.size("k", default: 1) }
        == "x.json: the configuration says k = 0, expected 1 to 65536. "
        + "Correct the file, or take the one that belongs to the model.")
    #expect(try words("[1, 65537]") { _ = try $0.sizes("k", default: []) }.contains("k = 65537, expected 1 to 65536."))
    #expect(try words("[1, 9]") { _ = try $0.integers("k", in: 0...4) }.contains("k = 9, expected 0 to 4."))
    #expect(
      try words("true") { _ = try $0.sizes("k", default: []) }.contains("k = true, expected a whole number or a list"))
    #expect(try words("1e999") { _ = try $0.integer("k") }.contains("k = inf, expected a whole number."))
    #expect(try words("1e999") { _ = try $0.positive("k", default: 1) }.contains("k = inf, expected a number above 0."))
    #expect(try words("1e-99") { _ = try $0.positive("k", default: 1) }.contains("k = 0.0, expected a number above 0."))
    #expect(
      try words("[1, \"2\"]") { _ = try $0.numbers("k") }.contains("k = a list of 2, expected a list of numbers."))
    #expect(
      try words("\"blue\"") { _ = try $0.choice("k", default: Colour.red) }.contains(
        "k = blue, expected one of red, green."))
    #expect(try words("1") { try $0.refuse("k") }.contains("k = 1, expected nothing, the only variant"))
    #expect(
      try words("2.0") { try $0.refuse("k", except: "1", "3") }.contains("k = 2, expected 1 or 3, the only variant"))
    #expect(try words("[{}, 1]") { _ = try $0.sections("k") }.contains("k = a list of 2, expected a list of objects."))
    #expect(
      try words("[{\"a\": {\"b\": 1}}]") { _ = try $0.sections("k")[0].section("a").string("b") }
        .contains("k.0.a.b = 1, expected a string."))
  }
}
