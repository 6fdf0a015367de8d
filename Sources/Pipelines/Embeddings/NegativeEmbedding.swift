package import NegativeSpaceTensors
import NegativeSpaceWeights

/// A learned negative: text encoder states that are fed to the branch of guidance that is avoided (ReNeg,
/// arXiv:2412.19637).
///
/// Not to be confused with `TokenEmbedding`, which is what goes into a text encoder.
public struct NegativeEmbedding: Sendable, Hashable {
  /// States in row-major order, `rows` of `width`.
  public let values: [Float]
  /// Number of states: 77 for one chunk of a CLIP encoder.
  public let rows: Int
  /// Numbers in each state.
  public let width: Int
  /// Text space of the states; nil for files that do not say.
  public var space: TextSpace?
  /// Record of how it was learned; nil for files without one.
  public var provenance: EmbeddingProvenance?

  package init(
    values: [Float], rows: Int, width: Int, space: TextSpace? = nil, provenance: EmbeddingProvenance? = nil
  ) {
    precondition(values.count == rows * width, "NegativeEmbedding: \(values.count) values for \(rows) rows of \(width)")
    (self.values, self.rows, self.width) = (values, rows, width)
    (self.space, self.provenance) = (space, provenance)
  }

  /// - Parameter states: (1, rows, width) or (rows, width).
  package init(states: Tensor, space: TextSpace?, provenance: EmbeddingProvenance? = nil) {
    self.init(
      values: states.floats, rows: states.size(-2), width: states.size(-1), space: space, provenance: provenance)
  }

  /// Reads the encoder states of a file: ours, or any with one tensor of that kind.
  ///
  /// - Throws: `TensorFileError`, `EmbeddingError`, `ModelError.notFinite`.
  public init(contentsOf path: String) throws { self = try EmbeddingFile(path: path).states() }

  /// (1, rows, width), float32.
  package var states: Tensor { Tensor(values, shape: [1, rows, width]) }

  /// Writes `negative_prompt_embeds` [1, rows, width] float32 as safetensors, whole or not at all.
  ///
  /// - Parameter isBare: leaves the notes on space and provenance out, for programs that stumble over them.
  /// - Throws: `TensorFileError.unwritable`.
  public func write(to path: String, isBare: Bool = false) throws {
    let notes = EmbeddingMetadata(space: space, provenance: provenance)
    try TensorFile(["negative_prompt_embeds": states], metadata: isBare ? [:] : notes.texts()).write(to: path)
  }
}
