import Foundation

/// A file that a request uses: its path, the tensor in it, and the hash of its content; or a value in memory in its
/// place.
///
/// JSON never holds the value: a reference read from it that was to one in memory keeps its name and its hash, and
/// cannot be used.
public struct FileReference: Codable, Sendable, Hashable {
  /// The path as it was given; for a value in memory `memory:` and the first ten digits of its hash, for people to
  /// read.
  public var path: String
  /// The tensor's name; nil where there is one only, or a usual name.
  public var key: String?
  /// Weight of an embedding or a LoRA; nil is 1.
  public var weight: Double?
  /// The word that stands for it in prompts, for token vectors; nil is the file's own.
  public var token: String?
  /// SHA-256 of the whole file in hexadecimal digits, once it has been read; of a value in memory over its sizes and
  /// numbers.
  public var sha256: String?
  /// true for a value in memory, also where JSON has lost it.
  private var inMemory: Bool?
  /// The value in memory.
  private(set) var value: MemoryValue?

  private enum CodingKeys: String, CodingKey {
    case path, key, weight, token, sha256
    case inMemory = "in_memory"
  }

  /// Whether it refers to a value in memory, or did before it went through JSON.
  public var isInMemory: Bool { inMemory == true }

  /// A reference to the whole file.
  public init(path: String, key: String? = nil, weight: Double? = nil, token: String? = nil) {
    self.path = path
    self.key = key
    self.weight = weight
    self.token = token
  }

  /// A reference to a value in memory.
  init(_ value: MemoryValue, weight: Double? = nil, token: String? = nil) {
    self.init(path: "memory:\(value.sha256.prefix(10))", weight: weight, token: token)
    (sha256, inMemory, self.value) = (value.sha256, true, value)
  }

  /// `FILE` or `FILE:KEY`; a colon that belongs to the name of an existing file separates nothing.
  public init(keyed argument: String) {
    let (path, rest) = Self.split(argument)
    self.init(path: path, key: rest)
  }

  /// `FILE` or `FILE:WEIGHT`; what follows the last colon is a weight only if it is a number.
  public init(weighted argument: String) {
    let (path, rest) = Self.split(argument)
    if let weight = rest.flatMap(Double.init) {
      self.init(path: path, weight: weight)
    } else {
      self.init(path: argument)
    }
  }

  /// `FILE` or `FILE=TOKEN`; an equals sign that belongs to the name of an existing file separates nothing.
  public init(tokened argument: String) {
    let (path, token) = Self.split(argument, at: "=")
    self.init(path: path, token: token)
  }

  private static func split(_ argument: String, at separator: Character = ":") -> (String, String?) {
    guard !FileManager.default.fileExists(atPath: argument), let place = argument.lastIndex(of: separator),
      place > argument.startIndex, argument.index(after: place) < argument.endIndex
    else { return (argument, nil) }
    return (String(argument[..<place]), String(argument[argument.index(after: place)...]))
  }

  /// Refuses a reference to the same file that remembers another content than this one found.
  ///
  /// - Throws: `ModelError.changedFile`.
  func requireContent(of asked: FileReference) throws {
    guard let expected = asked.sha256, let found = sha256, expected != found else { return }
    throw ModelError.changedFile(path: asked.path, expected: expected, found: found)
  }

  /// The same reference with the file's hash, which must be the one it had before, if it had one; a value in memory has
  /// it already.
  ///
  /// - Throws: `ModelError`.
  package func hashed() throws -> FileReference {
    var result = self
    if isInMemory, value == nil {
      throw ModelError.unreadable(path: path, reason: "it was a value in memory, which no file holds")
    }
    let found = try value?.sha256 ?? SHA256.hexadecimal(ofFile: path)
    if let sha256, sha256 != found {
      throw ModelError.changedFile(path: path, expected: sha256, found: found)
    }
    result.sha256 = found
    return result
  }

  /// As `hashed`, of a file of tensors: what is none is refused at its beginning, not after it was read whole.
  ///
  /// - Throws: `ModelError`, `TensorFileError`, for pictures `EmbeddingError`, `MediaError`.
  func hashedTensors() throws -> FileReference {
    if !isInMemory { _ = try embeddingReader(path) }
    return try hashed()
  }
}
