/// One option of a guidance rule: its name, and how it is read from a text.
///
/// There is one table of them a rule, so that a name, its value and its limits stand in one line.
package struct GuidanceOption<Rule> {
  /// diffusers' name.
  package let name: String
  /// The values that it takes, in words.
  let expected: String
  /// Sets the option; false where the text is none of its values.
  let set: (inout Rule, String) -> Bool
  /// The option's value as a text that `set` reads.
  package let text: (Rule) -> String

  private init<Value>(
    _ name: String, _ field: WritableKeyPath<Rule, Value>, _ expected: String, _ read: @escaping (String) -> Value?,
    _ text: @escaping (Value) -> String = { "\($0)" }
  ) {
    (self.name, self.expected) = (name, expected)
    set = { rule, text in
      guard let value = read(text) else { return false }
      rule[keyPath: field] = value
      return true
    }
    self.text = { text($0[keyPath: field]) }
  }

  /// A number within a range.
  package init(_ name: String, _ field: WritableKeyPath<Rule, Float>, _ range: ClosedRange<Float> = -1000...1000) {
    self.init(name, field, Self.words(range)) { Self.number($0, range) }
  }

  /// A number within a range, or none.
  package init(_ name: String, _ field: WritableKeyPath<Rule, Float?>, _ range: ClosedRange<Float> = -1000...1000) {
    self.init(name, field, "\(Self.words(range)), or none") { text -> Float?? in
      text == "none" ? .some(nil) : Self.number(text, range).map { .some($0) }
    } _: {
      $0.map { "\($0)" } ?? "none"
    }
  }

  /// A share of the steps, in double precision as Python cuts them.
  package init(_ name: String, _ field: WritableKeyPath<Rule, Double>) {
    self.init(name, field, "a number from 0 to 1") { Double($0).flatMap { (0...1).contains($0) ? $0 : nil } }
  }

  /// A whole number that is not negative.
  package init(_ name: String, _ field: WritableKeyPath<Rule, Int>) {
    self.init(name, field, "a whole number from 0 to 1000") { Int($0).flatMap { (0...1000).contains($0) ? $0 : nil } }
  }

  /// A yes or no.
  package init(_ name: String, _ field: WritableKeyPath<Rule, Bool>) {
    self.init(name, field, "true or false") { Bool($0) }
  }

  /// Numbers within a range, or shares of the steps.
  package init(_ name: String, _ field: WritableKeyPath<Rule, [Float]>, _ range: ClosedRange<Float>) {
    self.init(name, field, "\(Self.words(range)), or several with commas between them") { text in
      Self.list(text) { Self.number($0, range) }
    } _: {
      Self.joined($0)
    }
  }

  /// Whole numbers, or none.
  package init(_ name: String, _ field: WritableKeyPath<Rule, [Int]?>) {
    self.init(name, field, "axes such as -1,-2, or none") { text -> [Int]?? in
      text == "none" ? .some(nil) : Self.list(text) { Int($0) }.map { .some($0) }
    } _: {
      $0.map { Self.joined($0) } ?? "none"
    }
  }

  /// Names with commas between them.
  package init(_ name: String, _ field: WritableKeyPath<Rule, [String]>) {
    self.init(name, field, "names with commas between them") { text in
      Self.list(text) { $0.isEmpty ? nil : $0 }
    } _: {
      Self.joined($0)
    }
  }

  /// One of a few words.
  package init<Choice: RawRepresentable<String> & CaseIterable>(_ name: String, _ field: WritableKeyPath<Rule, Choice>)
  {
    self.init(name, field, Choice.allCases.map(\.rawValue).joined(separator: " or ")) {
      Choice(rawValue: $0)
    } _: {
      $0.rawValue
    }
  }

  private static func words(_ range: ClosedRange<Float>) -> String {
    func text(_ bound: Float) -> String { bound == bound.rounded() ? "\(Int(bound))" : "\(bound)" }
    return "a number from \(text(range.lowerBound)) to \(text(range.upperBound))"
  }

  private static func number(_ text: String, _ range: ClosedRange<Float>) -> Float? {
    Float(text).flatMap { range.contains($0) ? $0 : nil }
  }

  private static func list<Value>(_ text: String, _ read: (String) -> Value?) -> [Value]? {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let values = parts.compactMap { read($0.trimmingCharacters) }
    return values.count == parts.count ? values : nil
  }

  private static func joined(_ values: [some Any]) -> String { values.map { "\($0)" }.joined(separator: ",") }
}

extension Substring {
  /// Without the spaces around it.
  fileprivate var trimmingCharacters: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}

extension [String: String] {
  /// Sets what is named here in `rule`.
  ///
  /// - Parameters:
  ///   - options: all that there are.
  ///   - name: of the rule, for errors.
  /// - Throws: `SamplingError.guidanceOption`.
  package func set<Rule>(_ options: [GuidanceOption<Rule>], of rule: inout Rule, named name: String) throws {
    for (option, text) in sorted(by: { $0.key < $1.key }) {
      func refuse(_ expected: String) -> SamplingError {
        .guidanceOption(rule: name, option: option, found: text, expected: expected)
      }
      guard let known = options.first(where: { $0.name == option }) else {
        throw refuse("one of this rule's options: \(options.map(\.name).joined(separator: ", "))")
      }
      guard known.set(&rule, text) else { throw refuse(known.expected) }
    }
  }
}

extension GuidanceRule {
  /// The rule with some options set.
  ///
  /// - Parameter name: of the rule, for errors.
  /// - Throws: `SamplingError.guidanceOption`.
  init(_ options: [String: String], named name: String) throws {
    self.init()
    try options.set(Self.options, of: &self, named: name)
    if let conflict {
      throw SamplingError.guidanceOption(
        rule: name, option: conflict.option, found: conflict.found, expected: conflict.expected)
    }
  }
}
