/// Parts of a path as it is written; nothing is looked up.
///
/// Foundation's `NSString` ends the process on names of one letter (swift-foundation of Swift 6.3 on Linux).
extension String {
  /// The folder before the last name: empty where there is none, `/` for what lies there.
  package var parentFolder: String {
    let path = trimmingSlashes
    guard let slash = path.lastIndex(of: "/") else { return "" }
    return slash == path.startIndex ? "/" : String(path[..<slash]).trimmingSlashes
  }

  /// What follows the last dot of the last name; empty where there is none, or nothing before it.
  package var pathEnding: String {
    let path = trimmingSlashes
    return path.endingDot.map { String(path[path.index(after: $0)...]) } ?? ""
  }

  /// The path without its ending and the dot before it.
  package var withoutEnding: String {
    let path = trimmingSlashes
    return path.endingDot.map { String(path[..<$0]) } ?? path
  }

  private var trimmingSlashes: String {
    var path = self[...]
    while path.count > 1, path.last == "/" { path.removeLast() }
    return String(path)
  }

  private var endingDot: Index? {
    let name = lastIndex(of: "/").map { index(after: $0) } ?? startIndex
    guard let dot = self[name...].lastIndex(of: "."), dot != name else { return nil }
    return dot
  }
}
