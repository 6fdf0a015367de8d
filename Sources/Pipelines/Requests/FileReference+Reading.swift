import NegativeSpaceMedia
import NegativeSpaceTensors
import NegativeSpaceWeights

/// The one place where a reference becomes what it refers to: the value in memory, or what the file at its path holds.
///
/// Each throws a `RequestError` that names the field where another kind of value is in memory, or one that is there no
/// more.
extension FileReference {
  /// The frames of a video, one by one.
  struct Video {
    let width: Int
    let height: Int
    /// The next frame, or nil after the last.
    let next: () throws -> Picture?
  }

  /// A learned negative in one of its two forms.
  enum Negative {
    case states(NegativeEmbedding)
    case vectors([TokenEmbedding])
  }

  /// The path of what can only be a file.
  func filePath(for field: RequestField) throws -> String {
    _ = try value(for: field)
    return path
  }

  /// - Throws: `MediaError` for a file.
  func picture(for field: RequestField) throws -> Picture {
    guard case .picture(let picture)? = try value(for: field, .picture) else { return try Picture(contentsOf: path) }
    return picture
  }

  /// The picture of what may be a video too, or its first frame; nil for a video that is no picture file.
  ///
  /// - Throws: `MediaError` for a file.
  func still(for field: RequestField) throws -> Picture? {
    switch try value(for: field, .picture, .video) {
    case .picture(let picture)?: return picture
    case .video(let frames)?: return frames.first
    default: do { return try Picture(contentsOf: path) } catch MediaError.unknownContent { return nil }
    }
  }

  /// - Throws: `MediaError` for a file.
  func video(for field: RequestField) throws -> Video {
    guard case .video(let frames)? = try value(for: field, .video), let first = frames.first else {
      let reader = try VideoReader(contentsOf: path)
      return Video(width: reader.width, height: reader.height, next: reader.next)
    }
    var rest = frames[...]
    return Video(width: first.width, height: first.height) { rest.popFirst() }
  }

  /// - Throws: `ModelError`, `TensorFileError` for a file.
  func latents() throws -> Latents {
    guard case .latents(let latents)? = try value(for: RequestField(.initialLatents), .latents) else {
      return try Latents(contentsOf: path, key: key)
    }
    return latents
  }

  /// The noise of all steps in PyTorch's layout, and what the tensor is called.
  ///
  /// - Throws: `ModelError`, `TensorFileError` for a file.
  func noise() throws -> (name: String, tensor: Tensor) {
    let name = "noise"
    guard case .latents(let latents)? = try value(for: RequestField(.noise), .latents) else {
      return try TensorFile(path: path).tensor(key, among: [name], in: path)
    }
    return (name, Tensor(latents.values, shape: latents.shape))
  }

  /// Learned words.
  ///
  /// - Parameter width: of the model's encoder, which chooses among a file's tensors for several encoders.
  /// - Throws: `EmbeddingError`, `ModelError`, `TensorFileError` for a file.
  func words(width: Int) throws -> [TokenEmbedding] {
    guard case .vectors(let embedding)? = try value(for: RequestField(.embeddings), .vectors) else {
      return try EmbeddingFile(path: path).vectors(width: width)
    }
    return [embedding]
  }

  /// A learned negative.
  ///
  /// - Parameter width: as for `words`.
  /// - Throws: `EmbeddingError`, `ModelError`, `TensorFileError` for a file.
  func negative(width: Int) throws -> Negative {
    switch try value(for: RequestField(.negativeEmbeddings), .states, .vectors) {
    case .states(let embedding)?: return .states(embedding)
    case .vectors(let embedding)?: return .vectors([embedding])
    default:
      let file = try EmbeddingFile(path: path)
      return try file.kind() == .tokenVectors ? .vectors(file.vectors(width: width)) : .states(file.states())
    }
  }

  /// The value in memory, which is of one of these kinds; nil for a file.
  private func value(for field: RequestField, _ kinds: MemoryValue.Kind...) throws -> MemoryValue.Content? {
    if let problem = problem(taking: kinds) {
      throw RequestError(field, found: problem.found, expected: problem.expected)
    }
    return value?.content
  }
}
