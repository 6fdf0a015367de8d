import Foundation

/// Record of how an embedding was learned.
public struct EmbeddingProvenance: Codable, Sendable, Hashable {
  /// Method of learning: `reneg`, `dreamartist` and so on.
  public var method: String?
  /// Name of the model that it was learned on.
  public var baseModel: String?
  /// `ModelIdentity.hash` of that model.
  public var baseModelHash: String?
  /// Reward that was to become better.
  public var reward: String?
  /// Prompts it was learned on: a file's name, or a few words.
  public var prompts: String?
  /// Pictures it was learned from: their files' names.
  public var pictures: [String]?
  /// Guidance it was learned under: a number, or a range over the timesteps such as `1.5-3:cos`.
  public var guidance: String?
  /// Number of learning steps.
  public var steps: Int?
  /// Seed of the random numbers.
  public var seed: Int?
  /// Version of the program that wrote it.
  public var version: String? = ProgramVersion.current

  /// Nothing but the version.
  public init() {}

  private enum CodingKeys: String, CodingKey {
    case method
    case baseModel = "base_model"
    case baseModelHash = "base_model_hash"
    case reward, prompts, pictures, guidance, steps, seed, version
  }
}

extension EmbeddingProvenance: CustomStringConvertible {
  /// All that is known, in a line.
  public var description: String {
    let parts = [
      ("by", method), ("on", baseModel), ("for", reward), ("with prompts", prompts),
      ("from", pictures?.joined(separator: " and ")), ("under guidance", guidance), ("steps", steps.map { "\($0)" }),
      ("seed", seed.map { "\($0)" }), ("written by negspace", version),
    ]
    return parts.compactMap { name, value in value.map { "\(name) \($0)" } }.joined(separator: ", ")
  }
}

/// The notes in a safetensors file of ours: docs/embeddings.md.
struct EmbeddingMetadata {
  static let prefix = "negspace."
  static let spaceKey = prefix + "text_space"
  static let provenanceKey = prefix + "provenance"
  /// Key of the word that stands for token vectors in a prompt.
  static let tokenKey = prefix + "token"

  var space: TextSpace?
  var provenance: EmbeddingProvenance?
  var token: String?

  init(space: TextSpace? = nil, provenance: EmbeddingProvenance? = nil, token: String? = nil) {
    (self.space, self.provenance, self.token) = (space, provenance, token)
  }

  /// - Throws: `EmbeddingError.malformedNote`.
  init(_ texts: [String: String], path: String) throws {
    func read<Value: Decodable>(_ type: Value.Type, _ key: String) throws -> Value? {
      guard let text = texts[key] else { return nil }
      do {
        return try JSONDecoder().decode(type, from: Data(text.utf8))
      } catch {
        throw EmbeddingError.malformedNote(path: path, key: key, reason: decodingProblem(error))
      }
    }
    space = try read(TextSpace.self, Self.spaceKey)
    provenance = try read(EmbeddingProvenance.self, Self.provenanceKey)
    token = texts[Self.tokenKey]
  }

  /// As a file carries it.
  func texts() throws -> [String: String] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    func text(_ value: (some Encodable)?) throws -> String? {
      try value.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
    }
    return [Self.spaceKey: try text(space), Self.provenanceKey: try text(provenance), Self.tokenKey: token]
      .compactMapValues { $0 }
  }
}
