import NegativeSpaceMedia

/// A value of a program's own in the place of a file, with the hash that stands for it.
struct MemoryValue: Sendable, Hashable {
  /// The kinds of values.
  enum Kind: String {
    case picture, video, latents, states, vectors
  }

  enum Content: Sendable {
    case picture(Picture)
    case video([Picture])
    case latents(Latents)
    case states(NegativeEmbedding)
    case vectors(TokenEmbedding)
  }

  let content: Content
  /// SHA-256 over the kind's name, sizes and numbers, little-endian, and an embedding's word and text space.
  let sha256: String

  init(_ content: Content) {
    self.content = content
    var hash = SHA256()
    hash.update(text: content.kind.rawValue)
    switch content {
    case .picture(let picture): hash.update(picture)
    case .video(let frames):
      hash.update(counts: [frames.count])
      for frame in frames { hash.update(frame) }
    case .latents(let latents):
      hash.update(counts: [latents.shape.count] + latents.shape)
      hash.update(floats: latents.values)
    case .states(let embedding):
      hash.update(counts: (embedding.steps > 1 ? [embedding.steps] : []) + [embedding.rows, embedding.width])
      hash.update(floats: embedding.values)
      hash.update(embedding.space)
    case .vectors(let embedding):
      hash.update(text: embedding.token)
      hash.update(counts: [embedding.count, embedding.width])
      hash.update(floats: embedding.values)
      hash.update(embedding.space)
    }
    sha256 = hash.hexadecimal
  }

  /// The flaw that makes it useless, and what is expected of its kind; nil if there is none.
  var flaw: (found: String, expected: String)? {
    switch content {
    case .picture: return nil
    case .video(let frames):
      guard let first = frames.first else { return ("a video without frames", "at least one frame") }
      let other = frames.first { ($0.width, $0.height) != (first.width, first.height) }
      return other.map {
        (
          "a video with a frame of \($0.width)×\($0.height)",
          "\(first.width)×\(first.height) for all, as the first has it"
        )
      }
    case .latents(let latents): return Self.flaw(latents.values)
    case .states(let embedding): return Self.flaw(embedding.values)
    case .vectors(let embedding): return Self.flaw(embedding.values)
    }
  }

  private static func flaw(_ numbers: [Float]) -> (found: String, expected: String)? {
    numbers.allSatisfy(\.isFinite) ? nil : ("numbers with NaN or infinity among them", "finite numbers")
  }

  /// Whether the hashes are the same.
  static func == (one: MemoryValue, other: MemoryValue) -> Bool { one.sha256 == other.sha256 }

  /// Feeds the hash.
  func hash(into hasher: inout Hasher) { hasher.combine(sha256) }
}

extension MemoryValue.Content {
  var kind: MemoryValue.Kind {
    switch self {
    case .picture: .picture
    case .video: .video
    case .latents: .latents
    case .states: .states
    case .vectors: .vectors
    }
  }
}

extension MemoryValue.Kind: CustomStringConvertible {
  /// In words.
  var description: String {
    switch self {
    case .picture: "a picture"
    case .video: "a video"
    case .latents: "latents"
    case .states: "encoder states"
    case .vectors: "token vectors"
    }
  }
}

extension SHA256 {
  fileprivate mutating func update(counts: [Int]) {
    counts.map { Int64($0).littleEndian }.withUnsafeBytes { update($0) }
  }

  fileprivate mutating func update(floats: [Float]) {
    floats.map(\.bitPattern.littleEndian).withUnsafeBytes { update($0) }
  }

  fileprivate mutating func update(text: String) {
    update(counts: [text.utf8.count])
    update(text.utf8)
  }

  fileprivate mutating func update(_ picture: Picture) {
    update(counts: [picture.width, picture.height])
    update(picture.pixels)
  }

  /// The space decides whether an embedding may be used.
  fileprivate mutating func update(_ space: TextSpace?) {
    guard let space else { return }
    update(text: space.name)
    update(counts: [space.width, space.rows, space.depth, space.skipped, space.isNormed ? 1 : 0])
    update(floats: space.probe)
  }
}
