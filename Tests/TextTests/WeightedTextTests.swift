import NegativeSpaceText
import Testing

/// The documented examples of the A1111 web UI's `parse_prompt_attention`, and its corners.
struct WeightedTextTests {
  static let examples: [(String, [[WeightedText]])] = [
    ("normal text", [[.init("normal text")]]),
    ("an (important) word", [[.init("an "), .init("important", weight: 1.1), .init(" word")]]),
    ("(unbalanced", [[.init("unbalanced", weight: 1.1)]]),
    ("\\(literal\\]", [[.init("(literal]")]]),
    ("(unnecessary)(parens)", [[.init("unnecessaryparens", weight: 1.1)]]),
    (
      "a (((house:1.3)) [on] a (hill:0.5), sun, (((sky))).",
      [
        [
          .init("a "), .init("house", weight: 1.5730000000000004), .init(" ", weight: 1.1), .init("on"),
          .init(" a ", weight: 1.1), .init("hill", weight: 0.55), .init(", sun, ", weight: 1.1),
          .init("sky", weight: 1.4641000000000006), .init(".", weight: 1.1),
        ]
      ]
    ),
    ("", [[.init("")]]),
    ("[less]", [[.init("less", weight: 1 / 1.1)]]),
    ("(a:-0.5)", [[.init("a", weight: -0.5)]]),
    ("(a:.5) (b:+2.)", [[.init("a", weight: 0.5), .init(" "), .init("b", weight: 2)]]),
    (
      "(a: 1.5) (b:\t-2 )(c :3)",
      [[.init("a", weight: 1.5), .init(" "), .init("b", weight: -2), .init("c ", weight: 3)]]
    ),
    ("(a: 1 .5)", [[.init("a: 1 .5", weight: 1.1)]]),
    // What is no weight is text.
    ("12:30) at noon", [[.init("12:30) at noon")]]),
    ("(a:b)", [[.init("a:b", weight: 1.1)]]),
    ("[a:1.5]", [[.init("a:1.5", weight: 1 / 1.1)]]),
    ("a) b]", [[.init("a) b]")]]),
    ("back\\slash \\\\ end\\", [[.init("backslash \\ end")]]),
    // Sections
    ("one BREAK two", [[.init("one")], [.init("two")]]),
    ("(one:2)\n BREAK  [two", [[.init("one", weight: 2)], [.init("two", weight: 1 / 1.1)]]),
    ("BREAK BREAK", [[.init("")], [.init("")], [.init("")]]),
    ("BREAKFAST, OUTBREAK, BREAK_IN", [[.init("BREAKFAST, OUTBREAK, BREAK_IN")]]),
    ("(a BREAK b:1.5)", [[.init("a", weight: 1.5)], [.init("b", weight: 1.5)]]),
  ]

  @Test(arguments: examples.indices)
  func `Brackets weigh as in the web UI`(_ index: Int) {
    let (prompt, sections) = Self.examples[index]
    func trimmed(_ sections: [[WeightedText]]) -> [[WeightedText]] {
      // White space between a bracket and BREAK is a part of its own; it has no tokens.
      sections.map { parts in
        let kept = parts.filter { !$0.text.allSatisfy(\.isWhitespace) || parts.count == 1 || $0.weight != 1 }
        return prompt.contains("BREAK") ? kept : parts
      }
    }
    #expect(trimmed(WeightedText.sections(of: prompt)) == sections, "\(prompt)")
  }

  @Test func `Ten thousand brackets are no problem`() {
    let prompt = String(repeating: "(", count: 10_000) + "deep" + String(repeating: ")", count: 9_999)
    let parts = WeightedText.sections(of: prompt)
    #expect(parts.count == 1)
    #expect(parts[0].map(\.text) == ["deep"])
  }
}
