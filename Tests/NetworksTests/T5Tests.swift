import NegativeSpaceConfiguration
import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceNetworks
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import Testing

/// Made with: python Tests/NetworksTests/Fixtures/make_t5.py (torch 2.15, transformers 5.24).
@Suite struct T5Tests {
  struct Case: Sendable {
    let name: String
    let leaves: [String]
  }

  static let cases = [
    Case(
      name: "t5_v1_0",
      leaves: [
        "shared.weight", "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight",
        "encoder.block.1.layer.0.SelfAttention.q.weight", "decoder.block.1.layer.1.EncDecAttention.k.weight",
        "decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight",
        "decoder.block.2.layer.2.DenseReluDense.wi.weight", "decoder.final_layer_norm.weight",
      ]),
    Case(
      name: "t5_v1_1",
      leaves: [
        "shared.weight", "lm_head.weight", "encoder.block.0.layer.1.DenseReluDense.wi_0.weight",
        "encoder.block.0.layer.1.DenseReluDense.wi_1.weight", "decoder.block.0.layer.0.SelfAttention.o.weight",
        "decoder.block.1.layer.0.layer_norm.weight",
      ]),
    Case(
      name: "umt5",
      leaves: [
        "shared.weight", "lm_head.weight", "encoder.block.1.layer.0.SelfAttention.relative_attention_bias.weight",
        "decoder.block.2.layer.0.SelfAttention.relative_attention_bias.weight",
        "decoder.block.2.layer.1.EncDecAttention.v.weight",
      ]),
  ]

  @Test(arguments: cases) func `Encoder, decoder and gradients equal transformers`(test: Case) throws {
    let fixture = try NetworkFixture(test.name, T5Configuration.self)
    let weights = FormulaWeights(gradientsOf: test.leaves)
    let model = try T5ForConditionalGeneration(fixture.configuration, WeightScope(weights))
    fixture.expectSameParameters(weights)
    let mask = model.encoder.mask(fixture.tokens)
    try fixture.expect("states", model.encoder.states(fixture.tokens, mask: mask))
    try fixture.expect("unmasked", model.encoder.states(fixture.tokens))
    let logits = model(fixture.tokens, mask: mask, decoderTokens: fixture.decoderTokens)
    try fixture.expect("logits", logits)
    try fixture.expectGradients(of: logits, weights: weights, among: test.leaves)
  }

  @Test(arguments: cases) func `The encoder is a text tower that hides padding`(test: Case) throws {
    let fixture = try NetworkFixture(test.name, T5Configuration.self)
    var tower = try T5EncoderModel(fixture.configuration, WeightScope(FormulaWeights()), positions: 20)
    let output = tower(fixture.tokens)
    try fixture.expect("states", output.states)
    #expect(output.mask?.floats.prefix(17).allSatisfy { $0 == 1 } == true)
    #expect(output.mask?.floats.suffix(14) == [1] + [Float](repeating: 0, count: 13))
    try fixture.expect(
      "penultimate",
      tower.encode(embedded: tower.embed(fixture.tokens), of: fixture.tokens, skippingLast: 1).states)
    tower.hidesPadding = false
    try fixture.expect("unmasked", tower(fixture.tokens).states)
    #expect(tower.shape == TextTowerShape(width: 24, positions: 20, vocabulary: 60, layers: 2))
  }

  /// Keys and values that are kept must give what the whole text at once gives, also after beams changed places.
  @Test(arguments: cases) func `Token by token it is what it is at once`(test: Case) throws {
    let fixture = try NetworkFixture(test.name, T5Configuration.self)
    let model = try T5ForConditionalGeneration(fixture.configuration, WeightScope(FormulaWeights()))
    let mask = model.encoder.mask(fixture.tokens)
    var memory = model.memory(of: model.encoder.states(fixture.tokens, mask: mask), mask: mask)
    let whole = try fixture.expected("logits")
    let (length, vocabulary) = (whole.size(1), whole.size(2))
    var order = [0, 1]
    for place in 0..<length {
      if place == 5 {
        memory = memory.rows([1, 0])
        order = [1, 0]
      }
      let logits = model.next(order.map { fixture.decoderTokens[$0][place] }, &memory)
      let expected = whole.slice(axis: 1, from: place, to: place + 1).reshaped([2, vocabulary]).rows(order)
      #expect(relativeDistance(logits, expected) <= 1e-5, "token \(place)")
    }
    #expect(memory.length == length)
  }

  /// The stream stays float32, so that only products are rounded, to 2⁻⁹ each, through five layers.
  @Test func `In bfloat16 it differs by rounding alone`() throws {
    let fixture = try NetworkFixture("t5_v1_1", T5Configuration.self)
    let weights = FormulaWeights(dtype: .bfloat16)
    let model = try T5ForConditionalGeneration(fixture.configuration, WeightScope(weights))
    let logits = model(fixture.tokens, mask: model.encoder.mask(fixture.tokens), decoderTokens: fixture.decoderTokens)
    #expect(logits.dtype == .float32)
    try fixture.expect("logits", logits, within: 0.05)
  }

  @Test func `A configuration is written as it was read`() throws {
    for name in ["t5_v1_0", "t5_v1_1", "umt5"] {
      let configuration = try NetworkFixture(name, T5Configuration.self).configuration
      let again = try ConfigFile(file: "written", fields: configuration.fields).decode(T5Configuration.self)
      #expect(again == configuration, "\(name)")
    }
  }

  @Test(arguments: [
    (["feed_forward_proj": JSONValue.string("gated-tanh")], "feed_forward_proj"),
    (["vocab_size": .integer(0)], "vocab_size"),
    (["relative_attention_num_buckets": .integer(400)], "relative_attention_max_distance"),
    (["eos_token_id": .integer(32128)], "eos_token_id"),
  ])
  func `A configuration that cannot be is refused by the key`(fields: [String: JSONValue], key: String) throws {
    do {
      _ = try ConfigFile(file: "config.json", fields: fields).decode(T5Configuration.self)
      Issue.record("\(key) is not refused")
    } catch let error as ConfigurationError {
      #expect("\(error)".contains(key))
    }
  }
}
