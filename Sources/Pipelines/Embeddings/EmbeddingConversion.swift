import NegativeSpaceNetworks

/// An embedding on its way from one kind of file to another.
public struct EmbeddingConversion: Sendable {
  /// File format of an embedding.
  public enum Form: String, Codable, CaseIterable, Sendable {
    /// Encoder states with this program's notes.
    case negspace
    /// Encoder states alone, as `negative_prompt_embeds`.
    case bare = "negative_prompt_embeds"
    /// Token vectors as `emb_params`.
    case a1111
    /// Token vectors under their token.
    case diffusers
    /// Token vectors as `clip_l`, `clip_h` or `clip_g`.
    case comfyui
  }

  private enum Content {
    case states(NegativeEmbedding)
    case vectors([TokenEmbedding])
  }

  /// The file that was read.
  public let path: String
  private var content: Content
  private let isOurs: Bool
  private let isA1111: Bool

  /// Reads a file of either kind.
  ///
  /// - Throws: `TensorFileError`, `EmbeddingError`, `ModelError.notFinite`.
  public init(contentsOf path: String) throws {
    let file = try EmbeddingFile(path: path)
    self.path = path
    isOurs = file.notes.space != nil || file.notes.provenance != nil
    isA1111 = file.contents.keys.contains(EmbeddingContent.vectorNames[0])
    content = try file.kind() == .encoderStates ? .states(file.states()) : .vectors(file.vectors())
  }

  /// Form to convert to by default: `negspace` or `a1111`; from a file that has it already, `bare` or `diffusers`.
  public var usualForm: Form {
    switch content {
    case .states: isOurs ? .bare : .negspace
    case .vectors: isA1111 ? .diffusers : .a1111
    }
  }

  /// Says that the embedding belongs to the text space of `model`; somebody must know it, for nothing in a bare file
  /// shows it.
  ///
  /// - Throws: `EmbeddingError.foreign` where the file knows better, `ModelError.wrongShape`, errors in the model.
  public mutating func belongs(to model: DiffusionModel) throws {
    let own = try model.textSpace()
    func check(_ space: TextSpace?) throws {
      guard let space else { return }
      let closeness = own.closeness(to: space)
      guard closeness.isUsable else {
        throw EmbeddingError.foreign(path: path, space: "\(space)", model: "\(own)", closeness: "\(closeness)")
      }
    }
    switch content {
    case .states(var embedding):
      try check(embedding.space)
      try embedding.checkThatItFits(
        rows: model.files.text.maxPositionEmbeddings, width: model.textWidth, path: path)
      embedding.space = own
      content = .states(embedding)
    case .vectors(let embeddings):
      let fitting = embeddings.filter { $0.width == model.textWidth }
      guard let first = embeddings.first, !fitting.isEmpty else {
        throw ModelError.wrongShape(
          path: path, name: "the embedding", found: embeddings.map(\.width), expected: "a width of \(model.textWidth)")
      }
      try check(first.space)
      content = .vectors(
        fitting.map { embedding in
          var embedding = embedding
          embedding.space = own
          return embedding
        })
    }
  }

  /// Gives token vectors another word; encoder states have none.
  ///
  /// - Throws: `EmbeddingError.wrongKind`, `EmbeddingError.several`.
  public mutating func rename(to token: String) throws {
    guard case .vectors(var embeddings) = content else {
      throw EmbeddingError.wrongKind(
        path: path, found: "encoder states", expected: "token vectors", hint: "Leave the token out.")
    }
    guard embeddings.count == 1 else {
      throw EmbeddingError.several(
        path: path, names: embeddings.map(\.token), hint: "A file with one of them can get a new token.")
    }
    embeddings[0].token = token
    content = .vectors(embeddings)
  }

  /// Writes safetensors, whole or not at all.
  ///
  /// - Throws: `EmbeddingError` where the form is for the other kind, or for one word only;
  ///   `TensorFileError.unwritable`.
  public func write(to output: String, as form: Form) throws {
    switch (content, form) {
    case (.states(let embedding), .negspace): try embedding.write(to: output)
    case (.states(let embedding), .bare): try embedding.write(to: output, isBare: true)
    case (.vectors(let embeddings), .a1111), (.vectors(let embeddings), .diffusers),
      (.vectors(let embeddings), .comfyui):
      guard let only = embeddings.first, embeddings.count == 1 else {
        throw EmbeddingError.several(
          path: path, names: embeddings.map { "\($0.token) of width \($0.width)" },
          hint: "Keep one in the file, or choose by the width with \(field: .model).")
      }
      try only.write(to: output, as: form == .a1111 ? .a1111 : form == .diffusers ? .diffusers : .comfyui)
    case (.states, _), (.vectors, _):
      let (found, forms) =
        if case .states = content {
          ("encoder states", [Form.negspace, .bare])
        } else {
          ("token vectors", [Form.a1111, .diffusers, .comfyui])
        }
      throw EmbeddingError.wrongKind(
        path: path, found: found, expected: "what \(form.rawValue) files are made of",
        hint: "Choose one of \(forms.map(\.rawValue).joined(separator: ", ")); the two kinds cannot become each other.")
    }
  }
}
