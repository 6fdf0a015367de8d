import Foundation
import Synchronization

/// The unfinished files and folders of this process, and those that dead ones left behind.
///
/// One list for the process, since it is the process that ends: who ends it at once removes them first.
package enum Temporaries {
  private static let unfinished = Mutex<Set<String>>([])
  private static let swept = Mutex<Set<String>>([])
  private static let prefix = ".negspace-"

  /// A name beside `target` that says whose it is: `.negspace-HOST-PID-RANDOM`.
  package static func name(beside target: String) -> String {
    let folder = target.lastIndex(of: "/").map { String(target[...$0]) } ?? ""
    return "\(folder)\(prefix)\(host)-\(getpid())-\(String(UInt64.random(in: .min ... .max), radix: 36))"
  }

  package static func add(_ path: String) { unfinished.withLock { _ = $0.insert(path) } }

  package static func remove(_ path: String) { unfinished.withLock { _ = $0.remove(path) } }

  /// Removes what is unfinished, for a process that ends now.
  package static func discardAll() {
    for path in unfinished.withLock({ $0 }) { try? FileManager.default.removeItem(atPath: path) }
  }

  /// Removes what processes of this machine that are no more have left in a folder, on the first call for it.
  package static func sweep(_ folder: String) {
    let folder = folder.isEmpty ? "." : folder
    guard swept.withLock({ $0.insert(folder).inserted }) else { return }
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
      guard let owner = owner(of: name), kill(owner, 0) != 0, errno == ESRCH else { continue }
      try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
    }
  }

  /// Processes are told apart by machine as well: several may share a folder.
  private static let host: String = {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "" }
    let letters = name.prefix { $0 != 0 }.map { Character(Unicode.Scalar(UInt8(bitPattern: $0))) }
    return String(letters.filter { $0.isASCII && ($0.isLetter || $0.isNumber) })
  }()

  /// The process that a name says it is of; nil for names of anything else.
  private static func owner(of name: String) -> pid_t? {
    let own = "\(prefix)\(host)-"
    guard name.hasPrefix(own) else { return nil }
    let parts = name.dropFirst(own.count).split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[1].isEmpty, let owner = pid_t(parts[0]), owner > 0 else { return nil }
    return owner
  }
}
