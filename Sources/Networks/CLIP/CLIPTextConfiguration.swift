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

extension CLIPTextConfiguration: Decodable {
  package init(from decoder: any Decoder) throws {
    let reader = try ConfigurationReader("CLIPTextModel", decoder)
    encoder = try reader.encoder(or: encoder)
    vocabSize = try reader.integer("vocab_size", or: vocabSize, in: 1...1 << 22)
    maxPositionEmbeddings = try reader.integer("max_position_embeddings", or: maxPositionEmbeddings)
    projectionDim = try reader.integer("projection_dim", or: projectionDim)
    eosTokenID = try reader.integer("eos_token_id", or: eosTokenID, in: 0...1 << 22)
    try encoder.validate(reader.network)
  }
}

extension ConfigurationReader {
  /// The fields that both towers have.
  func encoder(or standard: CLIPEncoderShape) throws -> CLIPEncoderShape {
    CLIPEncoderShape(
      width: try integer("hidden_size", or: standard.width),
      innerWidth: try integer("intermediate_size", or: standard.innerWidth, in: 1...1 << 20),
      layers: try integer("num_hidden_layers", or: standard.layers, in: 1...1024),
      heads: try integer("num_attention_heads", or: standard.heads),
      activation: try choice("hidden_act", or: standard.activation),
      epsilon: try positive("layer_norm_eps", or: standard.epsilon))
  }
}
