/// The last part of its kind that was asked for, known by all that determines it.
struct KeptPart<Key: Equatable & Sendable, Part: Sendable>: Sendable {
  private var known: (key: Key, part: Part)?

  init() {}

  init(_ part: Part, for key: Key) { known = (key, part) }

  var isLoaded: Bool { known != nil }

  /// The part for `key`: the one that is there, or a new one in its place.
  mutating func part(for key: Key, load: () throws -> Part) rethrows -> Part {
    if let known, known.key == key { return known.part }
    // Before the new one is read, so that both are never in memory.
    release()
    let part = try load()
    known = (key, part)
    return part
  }

  mutating func release() { known = nil }
}
