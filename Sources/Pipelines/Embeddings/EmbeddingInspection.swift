import NegativeSpaceNetworks
import NegativeSpaceWeights

/// Contents of a file of embeddings.
public struct EmbeddingInspection: Codable, Sendable, Hashable {
  /// Kind of a tensor, by its use.
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
    /// The word that stands for token vectors in prompts; nil for anything else.
    public let token: String?
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
  /// The texts beside them, apart from this program's own notes.
  public let metadata: [String: String]
  /// Text space of the embeddings, if the file says.
  public let space: TextSpace?
  /// Record of how they were learned, if the file has one.
  public let provenance: EmbeddingProvenance?
  /// Reason why the file cannot be used at all; nil if it can.
  public let problem: String?

  /// Looks into a file of tensors.
  ///
  /// - Throws: `TensorFileError`, `ModelError`, `EmbeddingError.malformedNote`.
  public init(contentsOf path: String) throws {
    let file = try EmbeddingFile(path: path)
    self.path = path
    sha256 = try SHA256.hexadecimal(ofFile: path)
    (space, provenance) = (file.notes.space, file.notes.provenance)
    metadata = file.reader.metadata.filter { !$0.key.hasPrefix(EmbeddingMetadata.prefix) }
    let tokens = file.tokens
    entries = file.reader.entries.sorted { $0.key < $1.key }.map { name, entry in
      let (kind, rows, width): (Kind, Int?, Int?) =
        switch file.contents[name] {
        case .states(let rows, let width), .stepStates(_, let rows, let width): (.encoderStates, rows, width)
        case .vectors(let count, let width): (.tokenVectors, count, width)
        default: (.other, nil, nil)
        }
      return Entry(
        name: name, dtype: entry.type.rawValue, shape: entry.shape, kind: kind, token: tokens[name], rows: rows,
        width: width)
    }
    do {
      problem = try Self.problem(in: file)
    } catch {
      problem = "\(error)"
    }
  }

  /// Reads what would be read for use; nil if that goes well.
  private static func problem(in file: EmbeddingFile) throws -> String? {
    if try file.kind() == .encoderStates { _ = try file.states() } else { _ = try file.vectors() }
    return nil
  }

  /// Closeness of the file's space to the model's; nil if the file does not name its space.
  ///
  /// - Throws: `RequestError` for a layer that is not there, errors in the encoder's files.
  public func closeness(to model: DiffusionModel, clipSkip: Int = 1) throws -> TextSpace.Closeness? {
    guard let space else { return nil }
    return try model.textSpace(clipSkip: clipSkip).closeness(to: space)
  }

  /// Reason why nothing in the file can be used with a model; nil if something can.
  ///
  /// - Throws: as `closeness`.
  public func problem(with model: DiffusionModel, clipSkip: Int = 1) throws -> String? {
    if let problem { return problem }
    if let space, let closeness = try closeness(to: model, clipSkip: clipSkip), !closeness.isUsable {
      let own = try model.textSpace(clipSkip: clipSkip)
      return EmbeddingError.foreign(path: path, space: "\(space)", model: "\(own)", closeness: "\(closeness)")
        .description
    }
    let widths = Set(entries.compactMap(\.width)).sorted()
    guard widths.contains(model.textWidth) else {
      return
        "\(path) has the width \(widths.map { "\($0)" }.joined(separator: ", ")), \(model.path) has text states of width "
        + "\(model.textWidth): it belongs to another text encoder."
    }
    let length = model.files.text.maxPositionEmbeddings
    let states = entries.filter { $0.kind == .encoderStates }
    if !states.isEmpty, !states.contains(where: { ($0.rows ?? 0) % length == 0 }) {
      return
        "\(path) has \(states.compactMap { $0.rows }.map { "\($0)" }.joined(separator: ", ")) rows, the text encoder of "
        + "\(model.path) has \(length) positions."
    }
    return nil
  }
}
