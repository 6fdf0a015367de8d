/// What a run has told already: the same of its next file is nothing new.
final class SaidTexts {
  private var texts: Set<String> = []

  /// Whether a text comes for the first time.
  func isNew(_ text: String) -> Bool { texts.insert(text).inserted }
}
