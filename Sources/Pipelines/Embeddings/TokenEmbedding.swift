import NegativeSpaceTensors
import NegativeSpaceWeights

/// Vectors that stand for a word at the input of a text encoder: textual inversion (arXiv:2208.01618), DreamArtist
/// (arXiv:2211.11337).
///
/// Not to be confused with `NegativeEmbedding`, which is a text encoder's output.
public struct TokenEmbedding: Sendable, Hashable {
  /// Vectors in row-major order, `count` of `width`.
  public let values: [Float]
  /// Number of vectors; in a prompt they are successive tokens.
  public let count: Int
  /// Numbers in each vector.
  public let width: Int
  /// The word that stands for them in a prompt.
  public var token: String
  /// Text space of the vectors; nil for files that do not say.
  public var space: TextSpace?
  /// Record of how they were learned; nil for files without one.
  public var provenance: EmbeddingProvenance?

  package init(
    values: [Float], count: Int, width: Int, token: String, space: TextSpace? = nil,
    provenance: EmbeddingProvenance? = nil
  ) {
    precondition(
      values.count == count * width, "TokenEmbedding: \(values.count) values for \(count) vectors of \(width)")
    (self.values, self.count, self.width, self.token) = (values, count, width, token)
    (self.space, self.provenance) = (space, provenance)
  }

  /// Reads the token vectors of a file: A1111's, ComfyUI's, diffusers' `learned_embeds`, one embedding for each word in
  /// it.
  ///
  /// - Throws: `TensorFileError`, `EmbeddingError`, `ModelError.notFinite`.
  public static func all(contentsOf path: String) throws -> [TokenEmbedding] { try EmbeddingFile(path: path).vectors() }

  /// File format: the program whose name for the tensor is used.
  public enum Form: String, Codable, CaseIterable, Sendable {
    /// `emb_params` [n, D].
    case a1111
    /// The token itself [n, D], or [D] for one vector: `learned_embeds`.
    case diffusers
    /// `clip_l`, `clip_h` or `clip_g` [n, D], by the width.
    case comfyui
  }

  /// Writes safetensors, float32, whole or not at all.
  ///
  /// - Throws: `TensorFileError.unwritable`.
  public func write(to path: String, as form: Form = .a1111) throws {
    let name: String
    switch form {
    case .a1111: name = EmbeddingContent.vectorNames[0]
    case .diffusers: name = token
    case .comfyui: name = [1024: "clip_h", 1280: "clip_g"][width] ?? "clip_l"
    }
    let shape = form == .diffusers && count == 1 ? [width] : [count, width]
    // The word is lost in the other forms' names.
    let notes = EmbeddingMetadata(space: space, provenance: provenance, token: form == .diffusers ? nil : token)
    try TensorFile([name: Tensor(values, shape: shape)], metadata: notes.texts()).write(to: path)
  }
}
