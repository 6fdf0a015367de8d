import Foundation
import NegativeSpaceWeights

/// A folder of LoRAs or of learned words that prompts name, as A1111's web UI and stable-diffusion.cpp have them; listed
/// once.
public struct PromptFolder: Sendable {
  private let path: String
  /// Name and path of each file, by their paths.
  private let files: [(name: String, path: String)]

  /// A folder of LoRAs.
  ///
  /// - Throws: `ModelError`, `ModelFolderError.notAFolder`.
  public init(loras path: String) throws { try self.init(path, ["safetensors", "pt", "ckpt", "bin"]) }

  /// A folder of learned words.
  ///
  /// - Throws: `ModelError`, `ModelFolderError.notAFolder`.
  public init(embeddings path: String) throws { try self.init(path, ["safetensors", "pt", "bin", "png", "webp"]) }

  private init(_ path: String, _ endings: Set<String>) throws {
    guard try existingKind(path) == .folder else { throw ModelFolderError.notAFolder(path: path) }
    let paths = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    self.path = path
    files = paths.sorted().compactMap { file in
      let url = URL(fileURLWithPath: file)
      guard endings.contains(url.pathExtension.lowercased()) else { return nil }
      return (url.deletingPathExtension().lastPathComponent, "\(path)/\(file)")
    }
  }

  /// Takes `<lora:NAME:SCALE>` out of a prompt; NAME is a file of the folder or below it, without its ending.
  ///
  /// A further `:SCALE`, which is for the text encoder alone elsewhere, is left out.
  /// - Returns: the prompt without them, and the LoRAs by their scales, in order.
  /// - Throws: `RequestError` for a name that no file has, or two have.
  public func loras(in prompt: String) throws -> (prompt: String, loras: [FileReference]) {
    var loras: [FileReference] = []
    var rest = ""
    var place = prompt.startIndex
    for match in prompt.matches(of: /<lora:([^<>:]+)(?::([^<>:]*))?(?::[^<>]*)?>/) {
      rest += prompt[place..<match.range.lowerBound]
      place = match.range.upperBound
      let scale = match.2.map { $0.trimmingCharacters(in: .whitespaces) } ?? "1"
      guard let weight = Double(scale), weight.isFinite else {
        throw RequestError(.loras, found: "\"\(prompt[match.range])\"", expected: "a number after the second colon")
      }
      loras.append(FileReference(path: try file(String(match.1)), weight: weight))
    }
    return (rest + prompt[place...], loras)
  }

  /// Files of the folder that are named in one of the prompts, as whole words.
  ///
  /// A word in angle brackets that a file has for its vectors, such as `<cat-toy>`, goes before the file's name.
  public func embeddings(in prompts: [String]) -> [FileReference] {
    let hasBrackets = prompts.contains { $0.contains("<") }
    return files.compactMap { name, path in
      // A file that cannot be read says why where it is used.
      let own = hasBrackets ? (try? EmbeddingFile(path: path))?.tokens.values.filter { $0.hasPrefix("<") } : nil
      if let own, own.contains(where: { Self.isNamed($0, in: prompts) }) { return FileReference(path: path) }
      return Self.isNamed(name, in: prompts) ? FileReference(path: path, token: name) : nil
    }
  }

  private static func isNamed(_ word: String, in prompts: [String]) -> Bool {
    prompts.contains { prompt in
      var place = prompt.startIndex
      while let found = prompt.range(of: word, options: .caseInsensitive, range: place..<prompt.endIndex) {
        let before = found.lowerBound == prompt.startIndex ? nil : prompt[prompt.index(before: found.lowerBound)]
        let after = found.upperBound == prompt.endIndex ? nil : prompt[found.upperBound]
        if ![before, after].contains(where: { $0.map { $0.isLetter || $0.isNumber || "_-<>".contains($0) } ?? false }) {
          return true
        }
        place = prompt.index(after: found.lowerBound)
      }
      return false
    }
  }

  private func file(_ name: String) throws -> String {
    let found = files.filter { $0.name == name }
    if let only = found.first, found.count == 1 { return only.path }
    throw RequestError(
      .loras,
      found: found.isEmpty
        ? "<lora:\(name):…>" : "<lora:\(name):…>, which is \(found.map(\.path).joined(separator: " and "))",
      expected: found.isEmpty
        ? files.isEmpty
          ? "a folder with LoRAs; there are none in \(path)"
          : "one of \(path): \(files.prefix(20).map(\.name).joined(separator: ", "))"
        : "a name that one file of \(path) has")
  }
}
