/// The pages of docs that explain commands.
enum CommandPage {
  private static let pages = [
    "learn reneg": "reneg", "learn reneg-sample": "reneg", "learn textcraftor": "textcraftor",
    "learn dreamartist": "dreamartist", "learn negopt": "negopt", "negative": "negopt", "compare": "compare",
    "score": "compare", "embedding": "embeddings", "model": "models", "train": "family", "concepts": "family",
    "bench": "performance",
  ]

  /// The page about a command, by its words without the program's name.
  static func page(of path: [String]) -> String {
    let name = (1...2).reversed().lazy.compactMap { pages[path.prefix($0).joined(separator: " ")] }.first
    return "docs/\(name ?? "cli").md"
  }
}
