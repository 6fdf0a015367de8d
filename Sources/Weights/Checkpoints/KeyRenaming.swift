/// A table of beginnings of names and their new forms; of several that fit, the longest counts.
struct KeyRenaming {
  private var beginnings: [String: String] = [:]

  /// Names that begin with `old`, up to a dot or the end, begin with `new` instead.
  mutating func add(_ old: String, _ new: String) { beginnings[old] = new }

  /// The same for every pair of parts within `old` and `new`.
  mutating func add(_ old: String, _ new: String, parts: [(old: String, new: String)]) {
    for part in parts { add("\(old).\(part.old)", "\(new).\(part.new)") }
  }

  /// `key` renamed; nil if nothing fits.
  func callAsFunction(_ key: String) -> String? {
    var beginning = Substring(key)
    while true {
      if let new = beginnings[String(beginning)] { return new + key[beginning.endIndex...] }
      guard let dot = beginning.lastIndex(of: ".") else { return nil }
      beginning = beginning[..<dot]
    }
  }
}
