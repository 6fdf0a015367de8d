import NegativeSpaceKernels
package import NegativeSpaceNetworks
package import NegativeSpaceText

/// A model that reads a prompt and writes what to avoid (NegOpt, arXiv:2403.07605): a T5 of the shape that transformers
/// saves.
///
///     let writer = try NegativeWriter(path: "writer")
///     print(try writer.write("a castle at dusk").text)
public struct NegativeWriter: Sendable {
  /// The folder.
  public let path: String
  /// How tokens are chosen.
  public var settings: TextGenerationSettings
  package let tokenizer: T5Tokenizer
  package let model: T5ForConditionalGeneration

  /// The tokens of a prompt that are read, T5's own length of texts; the rest is cut and said.
  public static let promptLimit = 512

  /// Reads a folder.
  ///
  /// - Throws: `WriterError`, errors in the folder's files.
  public init(path: String, settings: TextGenerationSettings = .negatives) throws {
    try settings.validate()
    let folder = try T5Folder(path: path)
    self.init(path: path, folder.tokenizer, try folder.network(), settings: settings)
  }

  package init(
    path: String, _ tokenizer: T5Tokenizer, _ model: T5ForConditionalGeneration, settings: TextGenerationSettings
  ) {
    (self.path, self.tokenizer, self.model, self.settings) = (path, tokenizer, model, settings)
  }

  /// The negative for a prompt.
  ///
  /// - Parameters:
  ///   - limit: tokens of the result at most, as `count` counts them: 75 for a text encoder of CLIP's kind.
  ///   - count: tokens of a text; nil counts the writer's own.
  ///   - isCancelled: asked before every token; true ends the writing with `CancellationError`.
  public func write(
    _ prompt: String, limit: Int = 75, count: ((String) -> Int)? = nil,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> WrittenNegative {
    let read = tokenizer.encode(prompt, limit: Self.promptLimit)
    var search = try TokenSearch(model, settings)
    search.isCancelled = isCancelled
    let raw = tokenizer.decode(try search(read.ids))
    return WrittenNegative(
      prompt: prompt, unread: read.cutText, raw: raw,
      cleaned: CleanedNegative(raw, limit: limit, count: count ?? tokens))
  }
}

/// A negative as a writer wrote it.
public struct WrittenNegative: Sendable, Hashable {
  /// The prompt that it is for.
  public let prompt: String
  /// The end of the prompt that was beyond what is read; empty if there was none.
  public let unread: String
  /// The text as it came.
  public let raw: String
  /// The same as a list.
  public let cleaned: CleanedNegative

  /// The negative prompt.
  public var text: String { cleaned.text }

  /// Things that were left out, a sentence each.
  public var notes: [String] {
    var notes: [String] = []
    if !unread.isEmpty {
      let shown = unread.prefix(200)
      notes.append(
        "The writer did not read the end of the prompt: \"\(shown)\(shown.endIndex < unread.endIndex ? "…" : "")\".")
    }
    if !cleaned.cut.isEmpty { notes.append("Too long for the text encoder, so left out: \"\(cleaned.cut)\".") }
    if text.isEmpty { notes.append("The writer wrote nothing to avoid.") }
    return notes
  }
}

extension WrittenNegative {
  /// A text that was written otherwise, made into a list.
  ///
  /// - Parameter count: tokens of a text.
  package init(prompt: String, raw: String, limit: Int = 75, count: (String) -> Int) {
    self.init(prompt: prompt, unread: "", raw: raw, cleaned: CleanedNegative(raw, limit: limit, count: count))
  }
}

extension NegativeWriter {
  /// Number of the writer's own tokens in a text.
  public func tokens(in text: String) -> Int { tokenizer.tokens(in: text).count }
}
