/// Values in memory in the place of files.
///
/// There are none of LoRAs, autoencoders, text encoders, ControlNets and configurations: these are always files.
extension FileReference {
  /// A picture: to start from, as a mask, or for a ControlNet.
  public init(_ picture: Frame) { self.init(MemoryValue(.picture(picture.picture))) }

  /// A video: to start from, or for a ControlNet; frames in their order, whatever their index.
  public init(_ video: [Frame]) { self.init(MemoryValue(.video(video.map(\.picture)))) }

  /// Latents to start from; or the noise of all steps, stacked on axis 0.
  public init(_ latents: Latents) { self.init(MemoryValue(.latents(latents))) }

  /// A learned negative.
  public init(_ negative: NegativeEmbedding, weight: Double? = nil) {
    self.init(MemoryValue(.states(negative)), weight: weight)
  }

  /// A learned word, for the prompts or as a negative.
  ///
  /// - Parameters:
  ///   - weight: its weight as a negative; nil is 1.
  ///   - token: the word that stands for it in prompts; nil is the embedding's own.
  public init(_ embedding: TokenEmbedding, weight: Double? = nil, token: String? = nil) {
    self.init(MemoryValue(.vectors(embedding)), weight: weight, token: token)
  }

  /// The problem with it where a file or one of these kinds is wanted, and what is expected; nil if there is none.
  func problem(taking kinds: [MemoryValue.Kind]) -> (found: String, expected: String)? {
    guard isInMemory else { return nil }
    guard let value else {
      return (
        "\(path), which was a value in the memory of the program that made the request and is in no file",
        "that value once more, or a file that holds it"
      )
    }
    guard kinds.contains(value.content.kind) else {
      let words = kinds.map(\.description).joined(separator: " or ")
      return ("\(path), \(value.content.kind) in memory", kinds.isEmpty ? "a file" : "a file, or \(words) in memory")
    }
    return value.flaw.map { ("\(path), \($0.found)", $0.expected) }
  }
}
