/// What is known of a picture or clip beside what it shows.
package struct ScoredTexts: Sendable, Hashable {
  /// What should be seen; nil where nobody knows.
  package var prompt: String?
  /// What should not be seen, in words; nil where there are none.
  package var negative: String?

  package init(prompt: String? = nil, negative: String? = nil) { (self.prompt, self.negative) = (prompt, negative) }
}
