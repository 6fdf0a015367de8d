package import NegativeSpaceTensors
import NegativeSpaceWeights

/// A learned negative: text encoder states that are fed to the branch of guidance that is avoided (ReNeg,
/// arXiv:2412.19637).
///
/// Not to be confused with `TokenEmbedding`, which is what goes into a text encoder.
public struct NegativeEmbedding: Sendable, Hashable {
  /// States in row-major order: for each of `steps`, `rows` of `width`.
  public let values: [Float]
  /// Number of negatives, one for each step of a run (Null-TTA, arXiv:2511.20889); 1 holds for all.
  public let steps: Int
  /// Number of states: 77 for one chunk of a CLIP encoder.
  public let rows: Int
  /// Numbers in each state.
  public let width: Int
  /// Text space of the states; nil for files that do not say.
  public var space: TextSpace?
  /// Record of how it was learned; nil for files without one.
  public var provenance: EmbeddingProvenance?

  package init(
    values: [Float], steps: Int = 1, rows: Int, width: Int, space: TextSpace? = nil,
    provenance: EmbeddingProvenance? = nil
  ) {
    precondition(
      values.count == steps * rows * width,
      "NegativeEmbedding: \(values.count) values for \(steps) × \(rows) rows of \(width)")
    (self.values, self.steps, self.rows, self.width) = (values, steps, rows, width)
    (self.space, self.provenance) = (space, provenance)
  }

  /// - Parameter states: (steps, rows, width) or (rows, width).
  package init(states: Tensor, space: TextSpace?, provenance: EmbeddingProvenance? = nil) {
    self.init(
      values: states.floats, steps: states.rank == 3 ? states.size(0) : 1, rows: states.size(-2),
      width: states.size(-1), space: space, provenance: provenance)
  }

  /// Reads the encoder states of a file: ours, or any with one tensor of that kind.
  ///
  /// - Throws: `TensorFileError`, `EmbeddingError`, `ModelError.notFinite`.
  public init(contentsOf path: String) throws { self = try EmbeddingFile(path: path).states() }

  /// (steps, rows, width), float32.
  package var states: Tensor { Tensor(values, shape: [steps, rows, width]) }

  /// Writes `negative_prompt_embeds` [steps, rows, width] float32 as safetensors, whole or not at all.
  ///
  /// - Parameter isBare: leaves the notes on space and provenance out, for programs that stumble over them.
  /// - Throws: `TensorFileError.unwritable`.
  public func write(to path: String, isBare: Bool = false) throws {
    try write(to: path, isBare: isBare, with: [:])
  }

  /// The same with further tensors beside it.
  package func write(to path: String, isBare: Bool = false, with others: [String: Tensor]) throws {
    let notes = EmbeddingMetadata(space: space, provenance: provenance)
    let tensors = others.merging(["negative_prompt_embeds": states]) { $1 }
    try TensorFile(tensors, metadata: isBare ? [:] : notes.texts()).write(to: path)
  }
}
