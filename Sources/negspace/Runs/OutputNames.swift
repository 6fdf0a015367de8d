import Foundation

/// The names of several files from one: `%03d` counts; without it, the second is `name_2.png`.
struct OutputNames {
  private let parts: (before: String, digits: Int, after: String)?
  private let name: String
  private let first: Int

  /// - Parameter first: the number that stands for `%03d` in the first name.
  init(_ name: String, first: Int = 0) {
    (self.name, self.first) = (name, first)
    // A folder may be called 100%d.
    let file = name.lastIndex(of: "/").map { name.index(after: $0) } ?? name.startIndex
    parts = name[file...].firstMatch(of: /%(0?\d{0,2})d/).map { match in
      (String(name[..<match.range.lowerBound]), Int(match.1) ?? 0, String(name[match.range.upperBound...]))
    }
  }

  /// - Parameter index: from 0.
  func name(_ index: Int) -> String {
    if let parts {
      let number = String(first + index)
      return parts.before + String(repeating: "0", count: max(0, parts.digits - number.count)) + number + parts.after
    }
    guard index > 0 else { return name }
    let file = URL(fileURLWithPath: name)
    let folder = name.lastIndex(of: "/").map { String(name[...$0]) } ?? ""
    let ending = file.pathExtension.isEmpty ? "" : "." + file.pathExtension
    return folder + file.deletingPathExtension().lastPathComponent + "_\(index + 1)" + ending
  }
}
