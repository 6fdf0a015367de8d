public import NegativeSpacePipelines
import NegativeSpaceWeights

/// One of the negatives that are compared: its name, what is avoided under it, and what else it changes.
public struct NegativeArm: Sendable, Hashable {
  /// Name in tables.
  public let name: String
  /// The negative itself.
  public let content: Content
  /// What it changes beside the negative.
  public var changes = ArmChanges()

  /// The kinds of negatives.
  public enum Content: Sendable, Hashable {
    /// Nothing.
    case empty
    /// A negative prompt.
    case words(String)
    /// A learned negative, the same for all prompts.
    case file(FileReference)
    /// A folder with a learned negative for each prompt.
    case folder(FileReference)
  }

  /// A negative under a name of its own.
  public init(_ name: String, _ content: Content) { (self.name, self.content) = (name, content) }

  /// Reads `NAME=WORDS`, `NAME=FILE[:WEIGHT]`, `NAME=FOLDER[:WEIGHT]`, `NAME=`, `none` or `empty`.
  ///
  /// A path that exists on the disk is a file; so is one that ends like a file of embeddings, so that a wrong path does
  /// not become words.
  ///
  /// - Throws: `RequestError`, `ModelError.unreadable`.
  public init(parsing text: String) throws {
    guard let argument = NamedArgument(text) else {
      guard Self.isEmpty(text) else {
        throw RequestError(
          .negative, found: "\"\(text)\"", expected: "NAME=WORDS, NAME=FILE[:WEIGHT], NAME=FOLDER, or none")
      }
      self.init(text, .empty)
      return
    }
    let value = argument.value
    if Self.isEmpty(value) {
      self.init(argument.name, .empty)
      return
    }
    let file = FileReference(weighted: value)
    switch fileKind(file.path) {
    case .folder: self.init(argument.name, .folder(file))
    case .file: self.init(argument.name, .file(file))
    case nil:
      if Self.endings.contains(where: { file.path.lowercased().hasSuffix($0) }) { _ = try existingKind(file.path) }
      self.init(argument.name, .words(value))
    }
  }

  /// Endings of files of embeddings.
  static let endings = [".safetensors", ".pt", ".bin", ".pth", ".ckpt"]

  private static func isEmpty(_ text: String) -> Bool {
    text.allSatisfy(\.isWhitespace) || text == "none" || text == "empty"
  }

  /// The negative, and what else is changed, in a few words.
  public var summary: String {
    func weight(_ file: FileReference) -> String { file.weight.map { ", weight \($0)" } ?? "" }
    let avoided =
      switch content {
      case .empty: changes.negativePrompt == nil && changes.negativeWriter == nil ? "nothing" : ""
      case .words(let words): "the words “\(words)”"
      case .file(let file): "\(file.path)\(weight(file))"
      case .folder(let file): "\(file.path), one for each prompt\(weight(file))"
      }
    return ([avoided].filter { !$0.isEmpty } + changes.summary).joined(separator: "; ")
  }
}
