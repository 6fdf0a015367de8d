import Foundation
import NegativeSpaceConfiguration

/// The words that a model knows, where it knows few: `vocabulary.json` in its folder.
package struct ModelVocabulary: Codable, Sendable, Hashable {
  /// Something that the model was shown, and its names.
  package struct Term: Codable, Sendable, Hashable {
    /// Its usual name.
    package var name: String
    /// Further names that the model has learned.
    package var also: [String]
    /// Names that the model has not learned, for what is nearest to this.
    package var instead: [String]

    package init(_ name: String, also: [String] = [], instead: [String] = []) {
      (self.name, self.also, self.instead) = (name, also, instead)
    }
  }

  /// Terms of one kind.
  package struct Group: Codable, Sendable, Hashable {
    package var title: String
    package var terms: [Term]

    package init(_ title: String, _ terms: [Term]) { (self.title, self.terms) = (title, terms) }
  }

  package var groups: [Group]
  /// Single words that may stand in a prompt beside the terms.
  package var words: [String]

  package init(groups: [Group], words: [String]) { (self.groups, self.words) = (groups, words) }

  /// The name of the file.
  package static let file = "vocabulary.json"

  /// Reads a model's vocabulary; nil where its folder has none.
  ///
  /// - Throws: `ConfigurationError`.
  package init?(folder: String) throws {
    let path = "\(folder)/\(Self.file)"
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let data = try ConfigFile.contents(ofFile: path, limit: 4 << 20)
    do { self = try JSONDecoder().decode(Self.self, from: data) } catch {
      throw ConfigurationError.refused(
        file: path, reason: "it is no vocabulary: groups with a title and terms (name, also, instead), and words")
    }
  }

  /// The file's text.
  ///
  /// - Throws: `EncodingError`.
  package func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }
}
