package import NegativeSpaceConfiguration

/// The config.json of a CLIP text tower, with transformers' defaults for what it leaves out.
package struct CLIPTextConfiguration: Sendable, Hashable {
  package var encoder = CLIPEncoderShape(width: 512, innerWidth: 2048, layers: 12, heads: 8)
  package var vocabSize = 49408
  package var maxPositionEmbeddings = 77
  package var projectionDim = 512
  /// Old files say 2 here, whatever the tokenizer uses; the pooled token is then the one with the largest id.
  package var eosTokenID = 49407

  package init() {}
}

extension CLIPTextConfiguration: ReadableConfiguration {
  package static let owner = "CLIPTextModel"

  package init(_ config: ConfigFile) throws {
    // Of a whole CLIP, the text tower's part.
    let config = config["model_type"] == .string("clip") ? try config.section("text_config") : config
    encoder = try config.encoder(default: encoder)
    vocabSize = try config.integer("vocab_size", default: vocabSize, in: 1...1 << 22)
    maxPositionEmbeddings = try config.size("max_position_embeddings", default: maxPositionEmbeddings)
    projectionDim = try config.size("projection_dim", default: projectionDim)
    eosTokenID = try config.integer("eos_token_id", default: eosTokenID, in: 0...1 << 22)
    try encoder.validate(Self.owner)
  }
}

extension ConfigFile {
  /// The fields that both towers have.
  func encoder(default standard: CLIPEncoderShape) throws -> CLIPEncoderShape {
    CLIPEncoderShape(
      width: try size("hidden_size", default: standard.width),
      innerWidth: try integer("intermediate_size", default: standard.innerWidth, in: 1...1 << 20),
      layers: try integer("num_hidden_layers", default: standard.layers, in: 1...1024),
      heads: try size("num_attention_heads", default: standard.heads),
      activation: try choice("hidden_act", default: standard.activation),
      epsilon: try positive("layer_norm_eps", default: standard.epsilon))
  }
}
