package import NegativeSpaceConfiguration

/// The config.json of a T5 (arXiv:1910.10683) or UMT5 (arXiv:2304.09151), with transformers' defaults for what it leaves
/// out.
package struct T5Configuration: Sendable, Hashable {
  /// The activation of the feed-forward part, by the end of its name in config.json.
  package enum Activation: String, Sendable, CaseIterable {
    case relu
    case gelu
    case geluNew = "gelu_new"
    case silu
  }

  package var vocabSize = 32128
  /// Width of the residual stream, `d_model`.
  package var width = 512
  /// Width of a head, `d_kv`; heads together may be wider or narrower than the stream.
  package var headWidth = 64
  /// Width inside the feed-forward part, `d_ff`.
  package var innerWidth = 2048
  package var layers = 6
  package var decoderLayers = 6
  package var heads = 8
  /// Distances that are told apart, and the one from which on all are the same.
  package var buckets = 32
  package var maxDistance = 128
  package var epsilon: Float = 1e-6
  package var activation = Activation.relu
  /// Whether the activation gates a second projection, as in v1.1.
  package var isGated = false
  /// Whether every layer has a position bias of its own, as in UMT5; else all have the first one's.
  package var hasBiasInEveryLayer = false
  /// Whether states are scaled by 1/√width before the vocabulary's products, as in v1.0, which ties both tables.
  package var scalesOutput = true
  package var padTokenID = 0
  package var eosTokenID = 1
  /// The token that every decoder's input begins with.
  package var decoderStartTokenID = 0

  package init() {}
}

extension T5Configuration: ReadableConfiguration {
  package static let owner = "T5ForConditionalGeneration"

  package init(_ config: ConfigFile) throws {
    if config["model_type"] == .string("umt5") {
      (vocabSize, innerWidth, layers, heads) = (250112, 1024, 8, 6)
      (activation, isGated, hasBiasInEveryLayer) = (.geluNew, true, true)
    }
    vocabSize = try config.integer("vocab_size", default: vocabSize, in: 1...1 << 22)
    width = try config.size("d_model", default: width)
    headWidth = try config.size("d_kv", default: headWidth)
    innerWidth = try config.integer("d_ff", default: innerWidth, in: 1...1 << 20)
    layers = try config.integer("num_layers", default: layers, in: 1...1024)
    decoderLayers = try config.integer("num_decoder_layers", default: layers, in: 1...1024)
    heads = try config.size("num_heads", default: heads)
    buckets = try config.integer("relative_attention_num_buckets", default: buckets, in: 4...65536)
    maxDistance = try config.integer("relative_attention_max_distance", default: maxDistance, in: 1...1 << 20)
    guard maxDistance > buckets / 2 else {
      throw config.error(
        "relative_attention_max_distance", found: "\(maxDistance)",
        expected: "more than half of relative_attention_num_buckets = \(buckets)")
    }
    epsilon = try config.positive("layer_norm_epsilon", default: epsilon)
    try read(feedForward: config.optional("feed_forward_proj", as: String.self), config)
    // transformers 5 writes the first, earlier versions said it by the second.
    scalesOutput =
      try config.optional("scale_decoder_outputs") ?? config.bool("tie_word_embeddings", default: true)
    padTokenID = try config.integer("pad_token_id", default: padTokenID, in: 0...vocabSize - 1)
    eosTokenID = try config.integer("eos_token_id", default: eosTokenID, in: 0...vocabSize - 1)
    decoderStartTokenID = try config.integer("decoder_start_token_id", default: padTokenID, in: 0...vocabSize - 1)
  }

  /// Reads names such as `relu` and `gated-gelu`; the latter means the tanh approximation.
  private mutating func read(feedForward name: String?, _ config: ConfigFile) throws {
    guard let name else { return }
    isGated = name.hasPrefix("gated-")
    let function = isGated ? String(name.dropFirst("gated-".count)) : name
    guard let known = Activation(rawValue: function) else {
      let names = Activation.allCases.map(\.rawValue).joined(separator: ", ")
      throw config.error("feed_forward_proj", found: name, expected: "one of \(names), or gated- before it")
    }
    activation = isGated && known == .gelu ? .geluNew : known
  }
}

extension T5Configuration {
  /// The keys of config.json, for a model that is written.
  package var fields: [String: JSONValue] {
    [
      "architectures": .array([.string(Self.owner)]), "model_type": .string(hasBiasInEveryLayer ? "umt5" : "t5"),
      "is_encoder_decoder": .bool(true), "vocab_size": .integer(vocabSize), "d_model": .integer(width),
      "d_kv": .integer(headWidth), "d_ff": .integer(innerWidth), "num_layers": .integer(layers),
      "num_decoder_layers": .integer(decoderLayers), "num_heads": .integer(heads),
      "relative_attention_num_buckets": .integer(buckets), "relative_attention_max_distance": .integer(maxDistance),
      "layer_norm_epsilon": .number(Double("\(epsilon)") ?? 1e-6), "feed_forward_proj": .string(feedForward),
      "tie_word_embeddings": .bool(scalesOutput), "pad_token_id": .integer(padTokenID),
      "eos_token_id": .integer(eosTokenID), "decoder_start_token_id": .integer(decoderStartTokenID),
    ]
  }

  private var feedForward: String {
    isGated ? "gated-" + (activation == .geluNew ? "gelu" : activation.rawValue) : activation.rawValue
  }
}
