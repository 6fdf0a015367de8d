import Foundation
import NegativeSpacePipelines

/// The command line's spelling of the fields that the library's messages name.
enum OptionSpelling {
  /// The options that are not called like their fields.
  private static let exceptions = [
    "negative_embeddings": "--negative-embedding", "embeddings": "--embedding", "loras": "--lora",
    "controls": "--control-net", "guidance_options": "--guidance-option",
    "attention_options": "--attention-option", "text_encoders": "--text-encoder",
  ]

  static func option(_ field: RequestField) -> String {
    exceptions[field.name] ?? "--" + field.name.replacingOccurrences(of: "_", with: "-")
  }

  /// A text of the library with options in place of the fields that it mentions.
  static func spelled(_ text: String) -> String { RequestField.spell(text, by: option) }

  /// Message of an error.
  static func message(_ error: any Error) -> String {
    (error as? RequestError)?.message(spelling: option) ?? spelled("\(error)")
  }
}
