import Foundation

/// A text encoder with its tokenizer: a model's, or one that lies alone.
///
///     let encoder = try TextEncoder(path: "open_clip_pytorch_model.bin", options: options)
///     try PromptEmbedding(of: "a red apple", by: encoder, clipSkip: 2).write(to: "apple.safetensors")
public struct TextEncoder: Sendable {
  let prompts: PromptEncoder
  /// Name of the text space of its states, for people.
  let name: String

  /// Opens a model's text encoder, or one in a folder or file of its own.
  ///
  /// - Throws: `ModelError`, `CheckpointError`, errors in the files.
  public init(path: String, options: ModelOptions = ModelOptions()) throws {
    let path = try located(path)
    if let files = try TextEncoderFiles(recognising: path, options) {
      self.init(
        prompts: try files.encoder(tokenizer: options.tokenizer), name: URL(fileURLWithPath: path).lastPathComponent)
    } else {
      self.init(
        prompts: try openModel(path, options).promptEncoder(options), name: URL(fileURLWithPath: path).lastPathComponent
      )
    }
  }

  /// The text encoder of a model.
  ///
  /// - Throws: errors in its files.
  public init(of model: DiffusionModel) throws {
    let own = try model.requested()
    self.init(prompts: try model.parts.promptEncoder(own), name: own.textSpaceName)
  }

  private init(prompts: PromptEncoder, name: String) { (self.prompts, self.name) = (prompts, name) }
}
