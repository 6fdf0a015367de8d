import Weights

/// What a file of embeddings holds.
public struct EmbeddingInspection: Codable, Sendable, Hashable {
  /// What a tensor can be used as.
  public enum Kind: String, Codable, Sendable {
    /// Text encoder states, [1, 77, D] or [77, D]: a learned negative, or an encoded prompt.
    case encoderStates = "encoder states"
    /// Vectors of single tokens, [n, D] or [D]: textual inversion.
    case tokenVectors = "token vectors"
    /// Something else.
    case other
  }

  /// One tensor of the file.
  public struct Entry: Codable, Sendable, Hashable {
    /// Its name in the file.
    public let name: String
    /// Its element type, as safetensors names it.
    public let dtype: String
    /// PyTorch's.
    public let shape: [Int]
    /// By its shape.
    public let kind: Kind
    /// Tokens; nil for something else.
    public let rows: Int?
    /// Width of the text space; nil for something else.
    public let width: Int?
  }

  /// The file.
  public let path: String
  /// SHA-256 of the whole file.
  public let sha256: String
  /// The tensors, by name.
  public let entries: [Entry]
  /// The texts beside them.
  public let metadata: [String: String]

  /// Looks into a safetensors file.
  ///
  /// - Throws: `TensorFileError`, `ModelError`.
  public init(contentsOf path: String) throws {
    let file = try openTensorFile(path)
    self.path = path
    sha256 = try SHA256.hexadecimal(ofFile: path)
    metadata = file.metadata
    entries = file.entries.sorted { $0.key < $1.key }.map { name, entry in
      let shape = entry.shape
      var (kind, rows) = (Kind.other, 1)
      if entry.type.isFloatingPoint {
        switch shape.count {
        case 3 where shape[0] == 1: (kind, rows) = (.encoderStates, shape[1])
        case 2: (kind, rows) = (shape[0] == 77 ? .encoderStates : .tokenVectors, shape[0])
        case 1 where shape[0] > 1: kind = .tokenVectors
        default: break
        }
      }
      let isKnown = kind != .other
      return Entry(
        name: name, dtype: entry.type.rawValue, shape: shape, kind: kind, rows: isKnown ? rows : nil,
        width: isKnown ? shape.last : nil)
    }
  }

  /// Why nothing in the file fits a model's text space; nil if something does.
  public func problem(with model: DiffusionModel) -> String? {
    let widths = Set(entries.compactMap(\.width)).sorted()
    if widths.contains(model.textWidth) { return nil }
    return widths.isEmpty
      ? "\(path) holds no embedding."
      : "\(path) has the width \(widths.map { "\($0)" }.joined(separator: ", ")), \(model.path) has text states of width "
        + "\(model.textWidth): it belongs to another text encoder."
  }
}
