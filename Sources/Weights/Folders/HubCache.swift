import Foundation

/// The Hugging Face hub's cache on this machine: what other programs downloaded, by the names of the hub.
///
/// `OWNER/NAME` is the folder `models--OWNER--NAME`; `refs/main` names the commit whose files lie in
/// `snapshots/COMMIT` (huggingface_hub's layout).
package struct HubCache: Sendable {
  /// The folder of the cache; nil where the environment says nothing of a home.
  package let folder: String?

  /// - Parameter environment: the variables that say where it is, in huggingface_hub's order.
  package init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    func named(_ name: String, then rest: String = "") -> String? {
      environment[name].flatMap { $0.isEmpty ? nil : Self.expanded($0, environment) + rest }
    }
    folder =
      named("HF_HUB_CACHE") ?? named("HUGGINGFACE_HUB_CACHE") ?? named("HF_HOME", then: "/hub")
      ?? named("XDG_CACHE_HOME", then: "/huggingface/hub") ?? named("HOME", then: "/.cache/huggingface/hub")
  }

  /// `~` and `$NAME` in a path, as huggingface_hub takes them (`expandvars`, `expanduser`).
  private static func expanded(_ path: String, _ environment: [String: String]) -> String {
    let named = path.replacing(/\$(?:\{(\w+)\}|(\w+))/) { match in
      environment[String(match.1 ?? match.2 ?? "")] ?? String(match.0)
    }
    guard named == "~" || named.hasPrefix("~/"), let home = environment["HOME"] else { return named }
    return home + named.dropFirst()
  }

  /// Whether a text may be a name of the hub: an owner and a name, of the letters that it allows.
  package static func isName(_ text: String) -> Bool {
    let halves = text.split(separator: "/", omittingEmptySubsequences: false)
    return halves.count == 2
      && halves.allSatisfy { half in
        half.count <= 96 && half.first.map { $0.isLetter || $0.isNumber } == true
          && half.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
          && !half.contains("..") && !half.contains("--")
      }
  }

  /// The folder with the files of `name`'s main branch, or of the only commit that is there; nil where it is not.
  package func snapshot(of name: String) -> String? {
    guard let folder, Self.isName(name) else { return nil }
    let place = "\(folder)/models--\(name.replacingOccurrences(of: "/", with: "--"))"
    let commits = (try? FileManager.default.contentsOfDirectory(atPath: place + "/snapshots")) ?? []
    let main = (try? String(contentsOfFile: place + "/refs/main", encoding: .utf8))?
      .trimmingCharacters(in: .whitespacesAndNewlines)
    let commit = commits.first { $0 == main } ?? (commits.count == 1 ? commits.first : nil)
    return commit.map { "\(place)/snapshots/\($0)" }
  }
}
