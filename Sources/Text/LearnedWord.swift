/// A word that stands for vectors which are in no vocabulary: textual inversion (arXiv:2208.01618).
package struct LearnedWord: Sendable, Hashable {
  /// Its spelling in a prompt.
  package let content: String
  /// Ids beyond the vocabulary's, one for each vector; in a prompt they follow each other.
  package let ids: Range<Int>

  /// - Parameter ids: not empty.
  package init(_ content: String, ids: Range<Int>) {
    precondition(!ids.isEmpty, "a learned word has at least one vector")
    (self.content, self.ids) = (content, ids)
  }
}
