import Foundation
import NegativeSpaceLearning
import NegativeSpacePipelines
import NegativeSpaceWriters

/// The command line's spelling of the fields that the library's messages name.
enum OptionSpelling {
  /// The options that are not called like their fields.
  private static let exceptions = [
    "negative_embeddings": "--negative-embedding", "embeddings": "--embedding", "loras": "--lora",
    "controls": "--control-net", "guidance_options": "--guidance-option", "negative_loras": "--negative-lora",
    "attention_options": "--attention-option", "text_encoders": "--text-encoder",
  ]

  static func option(_ field: RequestField) -> String {
    exceptions[field.name] ?? "--" + field.name.replacingOccurrences(of: "_", with: "-")
  }

  /// A text of the library with options in place of the fields that it mentions.
  static func spelled(_ text: String) -> String { RequestField.spell(text, by: option) }

  /// The options of learning that are not called like their settings.
  private static let learning = [
    "guidance": "--guidance-scale", "initialWords": "--init", "gradientNorm": "--clip", "averageDecay": "--average",
    "templates": "--template", "rewards": "--reward", "clipRewards": "--clip-reward", "mostSteps": "--search-steps",
    "start": "--init", "noRepeatNGram": "--no-repeat-ngram", "groups": "--beam-groups",
    "candidates": "--candidate-file",
    "hasTextEncoderLoRA": "--lora-text-encoder",
  ]

  /// The option for a setting of learning, such as `positiveVectors`.
  static func option(learning name: String) -> String {
    learning[name] ?? "--" + name.map { $0 == "_" ? "-" : $0.isUppercase ? "-\($0.lowercased())" : "\($0)" }.joined()
  }

  /// Message of an error.
  static func message(_ error: any Error) -> String {
    switch (error as? LearningError, error as? WriterError) {
    case (.setting(let name, let found, let expected), _), (_, .setting(let name, let found, let expected)):
      return "\(option(learning: name)) is \(found); expected \(expected)."
    default: break
    }
    return requestMessage(error)
  }

  private static func requestMessage(_ error: any Error) -> String {
    (error as? RequestError)?.message(spelling: option) ?? spelled("\(error)")
  }
}
