import Foundation

/// Spellings in a file of the names that a network asks for, and tensors that may stay unused: data, not code.
package struct KeyRecipe: Sendable, Hashable {
  /// Two spellings of a part of a name, between dots; either stands for the other.
  package struct Spelling: Sendable, Hashable {
    package let one: String
    package let other: String

    package init(_ one: String, _ other: String) { (self.one, self.other) = (one, other) }
  }

  /// Beginnings that a file may have or lack.
  package var optionalPrefixes: [String]
  package var spellings: [Spelling]
  /// Ends of names that carry nothing a network needs.
  package var ignoredSuffixes: [String]
  /// First parts of names of other networks, which may lie in the same file.
  package var neighbours: [String]

  package init(
    optionalPrefixes: [String] = [], spellings: [Spelling] = [], ignoredSuffixes: [String] = [],
    neighbours: [String] = []
  ) {
    self.optionalPrefixes = optionalPrefixes
    self.spellings = spellings
    self.ignoredSuffixes = ignoredSuffixes
    self.neighbours = neighbours
  }

  /// The spellings that diffusers and transformers themselves have written over the years.
  package static let diffusers = KeyRecipe(
    // transformers 5 writes a lone CLIPTextModel without it, everything before with it.
    optionalPrefixes: ["text_model", "vision_model"],
    // Attention of autoencoders before diffusers 0.18.
    spellings: [
      Spelling("to_q", "query"), Spelling("to_k", "key"), Spelling("to_v", "value"), Spelling("to_out.0", "proj_attn"),
    ],
    // A buffer that counts 0, 1, 2, …; written before transformers 4.31.
    ignoredSuffixes: ["position_ids"],
    // The discriminator of an autoencoder's training.
    neighbours: ["loss"])

  /// The same for a text encoder, in whose place a whole CLIP may lie, as transformers takes it.
  package static let textEncoder: KeyRecipe = {
    var recipe = diffusers
    recipe.neighbours = ["logit_bias", "logit_scale", "text_projection", "vision_model", "visual_projection"]
    recipe.ignoredSuffixes.append("text_model.text_projection.weight")
    return recipe
  }()

  /// T5's names as transformers has written them over the years: the table of tokens under any of its users' names, and
  /// a position bias that T5's first files have and nothing reads.
  package static let t5 = KeyRecipe(
    spellings: [Spelling("shared", "encoder.embed_tokens")],
    ignoredSuffixes: ["embed_tokens.weight", "EncDecAttention.relative_attention_bias.weight"],
    // Where it is tied to the table of tokens, a file may hold it all the same.
    neighbours: ["lm_head"])

  /// The same for the encoder alone, in whose place a whole T5 may lie.
  package static let t5Encoder: KeyRecipe = {
    var recipe = t5
    recipe.neighbours += ["decoder"]
    return recipe
  }()

  /// Those of the neighbours that are there.
  package func neighbours(among names: some Sequence<String>) -> [String] {
    Set(names.map(Self.first)).intersection(neighbours).sorted()
  }

  private static func first(_ name: String) -> String { String(name.prefix { $0 != "." }) }

  /// The names under which a file may hold what a network calls `name`, most likely first.
  func candidates(for name: String) -> [String] {
    var names = [name]
    for spelling in spellings {
      for (from, to) in [(spelling.one, spelling.other), (spelling.other, spelling.one)] {
        // Parts stand between dots, never at the end: a layer's name is followed by "weight" or "bias".
        let spelled = ("." + name).replacingOccurrences(of: ".\(from).", with: ".\(to).").dropFirst()
        if spelled != name { names.append(String(spelled)) }
      }
    }
    for prefix in optionalPrefixes.map({ $0 + "." }) {
      names += names.map { $0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : prefix + $0 }
    }
    return names
  }

  func ignores(_ name: String) -> Bool {
    ignoredSuffixes.contains { name == $0 || name.hasSuffix("." + $0) } || neighbours.contains(Self.first(name))
  }
}
