/// The words of prompts that a model with a vocabulary does not know.
struct VocabularyReading {
  /// The most that are said of one run.
  private static let mostWarnings = 5

  /// Names that the model has learned, as words with single spaces.
  private let known: Set<String>
  /// Names for what the model calls otherwise.
  private let instead: [String: String]
  private let words: Set<String>
  /// Usual names, to propose.
  private let names: [String]
  private let longest: Int

  init(_ vocabulary: ModelVocabulary) {
    let terms = vocabulary.groups.flatMap(\.terms)
    names = terms.map(\.name)
    known = Set(terms.flatMap { [$0.name] + $0.also }.map(Self.normal))
    instead = Dictionary(terms.flatMap { term in term.instead.map { (Self.normal($0), term.name) } }) { first, _ in
      first
    }
    words = Set(known.flatMap(Self.words)).union(vocabulary.words.flatMap(Self.words))
    longest = (known.union(instead.keys)).map { $0.split(separator: " ").count }.max() ?? 1
  }

  /// What is to be said of prompts: a sentence for each word, each once.
  ///
  /// - Parameter learned: words that stand for vectors, which count as known.
  func warnings(_ prompts: [String], learned: [String]) -> [String] {
    let learned = Set(learned.flatMap(Self.words))
    var unknown: [(word: String, closest: [String])] = []
    for prompt in prompts {
      for word in self.unknown(in: Self.words(of: prompt.replacing("BREAK", with: " ")), learned)
      where !unknown.contains(where: { $0.word == word.word }) { unknown.append(word) }
    }
    var warnings = unknown.prefix(Self.mostWarnings).map { word, closest in
      "\"\(word)\" is not a word this model knows"
        + (closest.isEmpty
          ? ", nor is one like it." : "; closest: \(closest.map { "\"\($0)\"" }.joined(separator: ", ")).")
    }
    if unknown.count > Self.mostWarnings {
      warnings.append("\(unknown.count - Self.mostWarnings) more words are not known to this model.")
    }
    if let last = warnings.popLast() { warnings.append(last + " negspace concepts lists those that are.") }
    return warnings
  }

  private func unknown(in words: [String], _ learned: Set<String>) -> [(word: String, closest: [String])] {
    var unknown: [(word: String, closest: [String])] = []
    var place = 0
    while place < words.count {
      let (length, name) = phrase(words[place...])
      if length > 0 {
        if let name { unknown.append((words[place..<(place + length)].joined(separator: " "), [name])) }
        place += length
        continue
      }
      let word = words[place]
      let singular = word.hasSuffix("s") ? String(word.dropLast()) : word
      if !self.words.contains(word), !self.words.contains(singular), !learned.contains(word) {
        unknown.append((word, closest(to: word)))
      }
      place += 1
    }
    return unknown
  }

  /// The longest phrase that begins a text: its words, and the name that the model has for it where that is another.
  private func phrase(_ words: ArraySlice<String>) -> (length: Int, name: String?) {
    for length in stride(from: min(longest, words.count), to: 0, by: -1) {
      let phrase = words.prefix(length).joined(separator: " ")
      let singular = phrase.hasSuffix("s") ? String(phrase.dropLast()) : phrase
      if known.contains(phrase) || known.contains(singular) { return (length, nil) }
      if let name = instead[phrase] ?? instead[singular] { return (length, name) }
    }
    return (0, nil)
  }

  /// Names with a word that is spelled nearly so.
  private func closest(to word: String) -> [String] {
    let most = word.count < 4 ? 1 : max(1, word.count / 3)
    let near = names.compactMap { name -> (distance: Int, name: String)? in
      guard let least = Self.words(of: name).map({ Self.distance($0, word) }).min(), least <= most else { return nil }
      return (least, name)
    }
    return near.sorted { $0.distance < $1.distance }.prefix(3).map(\.name)
  }

  /// Lower-case words without punctuation, but with their hyphens; numbers and what is between < and > are none.
  private static func words(of text: String) -> [String] {
    text.replacing(/<[^<>]*>/, with: " ").lowercased().split { !($0.isLetter || $0.isNumber || $0 == "-" || $0 == "’") }
      .map(String.init).filter { $0.contains(where: \.isLetter) }
  }

  private static func normal(_ name: String) -> String { words(of: name).joined(separator: " ") }

  /// Letters to change, add or take away to make one word of the other.
  private static func distance(_ one: String, _ other: String) -> Int {
    let (a, b) = (Array(one), Array(other.prefix(64)))
    var row = Array(0...b.count)
    for i in a.indices {
      var (before, corner) = (row, i)
      before[0] = i + 1
      for j in b.indices {
        before[j + 1] = min(row[j + 1] + 1, before[j] + 1, corner + (a[i] == b[j] ? 0 : 1))
        corner = row[j + 1]
      }
      row = before
    }
    return row[b.count]
  }
}
