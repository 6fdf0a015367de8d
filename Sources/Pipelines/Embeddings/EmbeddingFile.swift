import Foundation
import NegativeSpaceKernels
import NegativeSpaceTensors
import NegativeSpaceWeights

/// The one place where a file of embeddings becomes named tensors.
///
/// - Throws: `TensorFileError`, for pictures `EmbeddingError`, `MediaError`.
func embeddingReader(_ path: String) throws -> any TensorReader {
  EmbeddingPicture.isPicture(path) ? try EmbeddingPicture.reader(path) : try openTensorFile(path)
}

/// An opened file of embeddings; which tensor is meant depends on what it is wanted for.
package struct EmbeddingFile: Sendable {
  package let path: String
  /// Kind of each tensor, by its name.
  package let contents: [String: EmbeddingContent]
  let reader: any TensorReader
  let notes: EmbeddingMetadata

  /// - Throws: `TensorFileError`, `EmbeddingError.malformedNote`.
  package init(path: String) throws {
    self.path = path
    reader = try embeddingReader(path)
    contents = Dictionary(
      uniqueKeysWithValues: reader.entries.map {
        ($0.key, EmbeddingContent(name: $0.key, type: $0.value.type, shape: $0.value.shape))
      })
    notes = try EmbeddingMetadata(reader.metadata, path: path)
  }

  /// Kind of embedding that the file is to be used as.
  ///
  /// - Throws: `EmbeddingError` where it holds none, or the kind cannot be told.
  package func kind() throws -> EmbeddingInspection.Kind {
    let (states, vectors) = (names { $0.isStates }, names { $0.isVectors })
    if !states.isEmpty, !vectors.isEmpty {
      throw EmbeddingError.several(
        path: path, names: states.map { "\($0) (encoder states)" } + vectors.map { "\($0) (token vectors)" },
        hint: "Keep one of them in the file.")
    }
    if states.isEmpty, vectors.isEmpty {
      for (name, content) in contents.sorted(by: { $0.key < $1.key }) {
        guard case .unclear(let reason) = content else { continue }
        throw EmbeddingError.unclear(path: path, name: name, shape: reader.entries[name]?.shape ?? [], reason: reason)
      }
      throw EmbeddingError.noEmbedding(
        path: path, found: reader.entries.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.shape)" })
    }
    return states.isEmpty ? .tokenVectors : .encoderStates
  }

  private func names(_ isWanted: (EmbeddingContent) -> Bool) -> [String] {
    contents.filter { isWanted($0.value) }.keys.sorted()
  }

  /// The encoder states: those with a usual name, or the only ones.
  ///
  /// - Throws: `EmbeddingError`, `ModelError.notFinite`.
  package func states() throws -> NegativeEmbedding {
    guard try kind() == .encoderStates else {
      throw EmbeddingError.wrongKind(
        path: path, found: "token vectors", expected: "encoder states",
        hint: "Use them with \(field: .embeddings) and write their token into the prompt.")
    }
    let found = names { $0.isStates }
    let usual = EmbeddingContent.statesNames.first { found.contains($0) }
    guard let name = usual ?? (found.count == 1 ? found[0] : nil), let sizes = contents[name]?.stateSizes else {
      throw EmbeddingError.several(path: path, names: found, hint: "Name one of them negative_prompt_embeds.")
    }
    return NegativeEmbedding(
      values: try values(name), steps: sizes.steps, rows: sizes.rows, width: sizes.width, space: notes.space,
      provenance: notes.provenance)
  }

  /// The token vectors, one embedding for each word.
  ///
  /// - Parameter width: of the model's encoder, which chooses among tensors for several encoders; nil takes all.
  /// - Throws: `EmbeddingError`, `ModelError.notFinite`.
  package func vectors(width: Int? = nil) throws -> [TokenEmbedding] {
    guard try kind() == .tokenVectors else {
      throw EmbeddingError.wrongKind(
        path: path, found: "encoder states", expected: "token vectors",
        hint: "Use them with \(field: .negativeEmbeddings).")
    }
    let all = names { $0.isVectors }
    let fitting = all.filter { name in reader.entries[name]?.shape.last == width }
    return try (fitting.isEmpty ? all : fitting).map { name in
      guard case .vectors(let count, let width)? = contents[name] else { preconditionFailure("\(name) was filtered") }
      return TokenEmbedding(
        values: try values(name), count: count, width: width, token: token(of: name),
        space: notes.space, provenance: notes.provenance)
    }
  }

  /// The words that stand for the token vectors, by the vectors' names.
  package var tokens: [String: String] {
    Dictionary(uniqueKeysWithValues: names { $0.isVectors }.map { ($0, token(of: $0)) })
  }

  /// The word that the file has for vectors, else its own name.
  private func token(of name: String) -> String {
    notes.token ?? EmbeddingContent.token(name) ?? URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
  }

  private func values(_ name: String) throws -> [Float] {
    let tensor = try reader.tensor(name)
    guard tensor.isFinite else { throw ModelError.notFinite(path: path, name: name) }
    return tensor.floats
  }
}

extension EmbeddingContent {
  var isStates: Bool { stateSizes != nil }
  /// Sizes of states; nil for anything else.
  var stateSizes: (steps: Int, rows: Int, width: Int)? {
    switch self {
    case .states(let rows, let width): (1, rows, width)
    case .stepStates(let steps, let rows, let width): (steps, rows, width)
    default: nil
    }
  }

  var isVectors: Bool { if case .vectors = self { true } else { false } }
}
