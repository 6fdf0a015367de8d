import Foundation
import NegativeSpaceWeights

/// LoRAs and learned words that a prompt names, in folders of the user's, as A1111's web UI and stable-diffusion.cpp
/// have them.
public enum PromptFolders {
  /// Takes `<lora:NAME:SCALE>` out of a prompt; NAME is a file of the folder or below it, without its ending.
  ///
  /// A further `:SCALE`, which is for the text encoder alone elsewhere, is left out.
  /// - Returns: the prompt without them, and the LoRAs by their scales, in order.
  /// - Throws: `RequestError` for a name that no file has, or two have.
  public static func loras(in prompt: String, folder: String) throws -> (prompt: String, loras: [FileReference]) {
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
      loras.append(FileReference(path: try file(String(match.1), in: folder), weight: weight))
    }
    return (rest + prompt[place...], loras)
  }

  /// Files of the folder whose name without its ending stands in one of the prompts as a whole word.
  public static func embeddings(in prompts: [String], folder: String) throws -> [FileReference] {
    try files(in: folder, ["safetensors", "pt", "bin", "png", "webp"]).compactMap { name, path in
      let isNamed = prompts.contains { prompt in
        var place = prompt.startIndex
        while let found = prompt.range(of: name, options: .caseInsensitive, range: place..<prompt.endIndex) {
          let before = found.lowerBound == prompt.startIndex ? nil : prompt[prompt.index(before: found.lowerBound)]
          let after = found.upperBound == prompt.endIndex ? nil : prompt[found.upperBound]
          if ![before, after].contains(where: { $0.map { $0.isLetter || $0.isNumber || "_-".contains($0) } ?? false }) {
            return true
          }
          place = prompt.index(after: found.lowerBound)
        }
        return false
      }
      return isNamed ? FileReference(path: path, token: name) : nil
    }
  }

  private static func file(_ name: String, in folder: String) throws -> String {
    let all = try files(in: folder, ["safetensors", "pt", "ckpt", "bin"])
    let found = all.filter { $0.name == name }
    if let only = found.first, found.count == 1 { return only.path }
    throw RequestError(
      .loras,
      found: found.isEmpty
        ? "<lora:\(name):…>" : "<lora:\(name):…>, which is \(found.map(\.path).joined(separator: " and "))",
      expected: found.isEmpty
        ? "one of \(folder): \(all.prefix(20).map(\.name).joined(separator: ", "))"
        : "a name that one file of \(folder) has")
  }

  /// Name and path of each file, by their paths.
  private static func files(in folder: String, _ endings: Set<String>) throws -> [(name: String, path: String)] {
    guard try existingKind(folder) == .folder else { throw ModelFolderError.notAFolder(path: folder) }
    let paths = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    return paths.sorted().compactMap { path in
      let url = URL(fileURLWithPath: path)
      guard endings.contains(url.pathExtension.lowercased()) else { return nil }
      return (url.deletingPathExtension().lastPathComponent, "\(folder)/\(path)")
    }
  }
}
