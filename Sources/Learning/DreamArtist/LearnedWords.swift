import Foundation
public import NegativeSpacePipelines

/// Result of learning from pictures: a word to say, and a word to avoid.
public struct LearnedWords: Sendable {
  /// The word to say.
  public let positive: TokenEmbedding
  /// The word to avoid, called like the other with `-neg` behind; nil for Textual Inversion.
  public let negative: TokenEmbedding?
  /// The LoRA of the denoiser of the word to say, in DreamArtist++.
  public var positiveLoRA: TunedNetwork?
  /// That of the denoiser of the word to avoid.
  public var negativeLoRA: TunedNetwork?
  /// Steps it was learned in.
  public let step: Int

  /// The same in a line.
  public var summary: String {
    let words = [positive, negative].compactMap { $0 }.map { "\"\($0.token)\" of \($0.count) vectors" }
    let loras = positiveLoRA == nil ? "" : ", with a LoRA for each"
    return "\(words.joined(separator: " and "))\(loras) after step \(step)."
  }

  /// Names of the words' files: what of a word can be in a file's name on any system.
  ///
  /// - Parameter token: such as `<it>`, whose file is `it.safetensors`.
  public static func fileName(of token: String) -> String {
    let ending = token.hasSuffix(DreamArtistSubject.suffix) ? DreamArtistSubject.suffix : ""
    let kept = token.dropLast(ending.count).filter { $0.isLetter || $0.isNumber || "_-.".contains($0) }
    let name = kept.drop { $0 == "." }
    return (name.isEmpty ? "word" : String(name)) + ending + ".safetensors"
  }

  /// Refuses a folder in which another word has the file of this one.
  ///
  /// - Throws: `LearningError.setting`.
  public static func checkPlace(_ folder: String, token: String) throws {
    for own in [token, token + DreamArtistSubject.suffix] {
      let path = "\(folder)/\(fileName(of: own))"
      guard FileManager.default.fileExists(atPath: path) else { continue }
      let there = (try? TokenEmbedding.all(contentsOf: path).map(\.token)) ?? []
      guard there == [own] else {
        let what = there.isEmpty ? "no word" : "the word \(there.map { "\"\($0)\"" }.joined(separator: ", "))"
        throw LearningError.setting(
          "token", found: "\"\(token)\"", expected: "another folder for it: \(path) is there and holds \(what)")
      }
    }
  }

  /// Writes both words into a folder, which `GenerationRequest.embeddings` then takes as a whole.
  ///
  /// LoRAs go into its folder `loras`, under the same names. What an earlier run of the same word left there and this one
  /// did not learn is removed.
  ///
  /// - Parameter form: whose files: A1111's take their word from the file's name.
  /// - Returns: the files' paths.
  /// - Throws: `TensorFileError.unwritable`, `ModelError.unwritable`.
  @discardableResult public func write(
    to folder: String, as form: TokenEmbedding.Form = .a1111
  ) throws -> [String] {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw ModelError.unwritable(path: folder, reason: systemReason(error))
    }
    let words = try [positive, negative].compactMap { $0 }.map { word in
      let path = "\(folder)/\(Self.fileName(of: word.token))"
      try word.write(to: path, as: form)
      return path
    }
    let avoided = positive.token + DreamArtistSubject.suffix
    if negative == nil { Self.remove("\(folder)/\(Self.fileName(of: avoided))") }
    return try words
      + [(positiveLoRA, positive.token), (negativeLoRA, avoided)].compactMap { lora, token in
        let path = "\(folder)/loras/\(Self.fileName(of: token))"
        guard let lora else {
          Self.remove(path)
          return nil
        }
        try FileManager.default.createDirectory(atPath: "\(folder)/loras", withIntermediateDirectories: true)
        try lora.write(to: path)
        return path
      }
  }

  private static func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }
}
