import Foundation
import NegativeSpaceText
import Testing

/// Prompts that change between steps.
struct PromptScheduleTests {
  /// One line of schedules.json.
  struct Case: Decodable, Sendable {
    let prompt: String
    let steps: Int
    let schedule: [Entry]
  }

  struct Entry: Decodable, Sendable, Equatable {
    let last: Int
    let prompt: String
  }

  static func found(_ prompt: String, _ steps: Int) -> [Entry] {
    PromptSchedule(prompt).prompts(steps: steps).map { Entry(last: $0.last, prompt: $0.prompt) }
  }

  /// A1111's own parser: Fixtures/make_schedules.py.
  @Test func `Prompts change when the web UI's do`() throws {
    let url = try #require(Bundle.module.url(forResource: "Fixtures/schedules", withExtension: "json"))
    let cases = try JSONDecoder().decode([Case].self, from: Data(contentsOf: url))
    #expect(cases.count > 500)
    for expected in cases {
      #expect(Self.found(expected.prompt, expected.steps) == expected.schedule, "\(expected.prompt)")
    }
  }

  @Test func `Brackets by the ten thousand, and numbers beyond all steps, are no problem`() {
    let deep = String(repeating: "[", count: 10_000) + "a" + String(repeating: ":2]", count: 10_000)
    #expect(Self.found(deep, 10) == [Entry(last: 2, prompt: ""), Entry(last: 10, prompt: "a")])
    let open = String(repeating: "[(", count: 10_000)
    #expect(Self.found(open, 10) == [Entry(last: 10, prompt: open)])
    for number in ["1e999", "-1e999", "99999999999999999999", "9e-999."] {
      #expect(Self.found("[a:b:\(number)]", 10).last?.last == 10, "\(number)")
    }
  }
}
