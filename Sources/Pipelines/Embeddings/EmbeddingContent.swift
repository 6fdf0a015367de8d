package import NegativeSpaceWeights

/// Kind of a tensor in a file of embeddings, told by its name and shape.
package enum EmbeddingContent: Sendable, Hashable {
  /// A text encoder's output.
  case states(rows: Int, width: Int)
  /// Text encoder's outputs, one for each step of a run.
  case stepStates(steps: Int, rows: Int, width: Int)
  /// A text encoder's input: vectors of single tokens.
  case vectors(count: Int, width: Int)
  /// One of the two, or neither.
  case unclear(String)
  /// Certainly no embedding.
  case other

  /// Tokens between beginning and end: more vectors cannot be used, so that 77 rows are not token vectors.
  package static let mostVectors = 75
  /// Rows of states come in chunks of CLIP's 77 positions.
  private static let chunk = 77

  /// diffusers' arguments and transformers' outputs, most likely first.
  static let statesNames = [
    "negative_prompt_embeds", "prompt_embeds", "encoder_hidden_states", "last_hidden_state",
  ]
  /// A1111's, as safetensors and in the PyTorch file's dictionary, and ComfyUI's for each text encoder.
  static let vectorNames = ["emb_params", "clip_l", "clip_h", "clip_g"]
  static let vectorPrefix = "string_to_param"

  /// Most steps of a run.
  private static let mostSteps = 4096

  /// - Parameter shape: PyTorch's.
  package init(name: String, type: ElementType, shape: [Int]) {
    if type.isFloatingPoint, Self.statesNames.contains(name), shape.count == 3, (2...Self.mostSteps).contains(shape[0]),
      shape[1] > Self.mostVectors, shape[2] > 1
    {
      self = .stepStates(steps: shape[0], rows: shape[1], width: shape[2])
      return
    }
    guard type.isFloatingPoint, !Self.isOfNetwork(name), (1...3).contains(shape.count), let width = shape.last,
      width > 1,
      !shape.contains(0), shape.count < 3 || shape[0] == 1
    else {
      self = .other
      return
    }
    let rows = shape.count == 1 ? 1 : shape[shape.count - 2]
    let states = EmbeddingContent.states(rows: rows, width: width)
    let vectors = EmbeddingContent.vectors(count: rows, width: width)
    if Self.statesNames.contains(name) {
      self = shape.count > 1 ? states : .unclear("encoder states have rows")
    } else if Self.isVectorName(name) {
      self =
        rows <= Self.mostVectors
        ? vectors
        : .unclear("its name means token vectors, but \(rows) do not fit into a prompt of \(Self.mostVectors) tokens")
    } else if shape.count == 3 {
      self =
        rows > Self.mostVectors
        ? states : .unclear("encoder states of so few rows, or token vectors with a further axis")
    } else if rows % Self.chunk == 0 {
      self = states
    } else {
      self = rows <= Self.mostVectors ? vectors : .unclear("too many rows for token vectors, not 77 for encoder states")
    }
  }

  /// Whether a name is that of a layer inside of a network: `mid_block.resnets.0.norm1.bias`.
  private static func isOfNetwork(_ name: String) -> Bool {
    let parts = name.split(separator: ".")
    return parts.count > 2 && ["weight", "bias"].contains(parts.last) && !name.hasPrefix(vectorPrefix)
  }

  private static func isVectorName(_ name: String) -> Bool {
    // ComfyUI also takes lists of dictionaries, whose names begin with a number here.
    let last = name.split(separator: ".").last.map(String.init) ?? name
    return vectorNames.contains(last) || name.hasPrefix(vectorPrefix)
      || (name.count > 2 && name.hasPrefix("<") && name.hasSuffix(">"))
  }

  /// The word that a tensor's name gives to its vectors, as diffusers' files do; nil for names that all files share.
  static func token(_ name: String) -> String? {
    let shared = ["tensor", "embedding", "embeddings", "weight", "vectors", "*", ""]
    return isVectorName(name) && !name.hasPrefix("<") || shared.contains(name) ? nil : name
  }
}
