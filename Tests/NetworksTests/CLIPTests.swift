import NegativeSpaceLayers
import NegativeSpaceNetworks
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import Testing

@Suite struct CLIPTests {
  @Test func `Text tower with quick GELU and a legacy end token equals transformers`() throws {
    let fixture = try NetworkFixture("clip_text", CLIPTextConfiguration.self)
    let names = [
      "text_model.embeddings.token_embedding.weight", "text_model.embeddings.position_embedding.weight",
      "text_model.encoder.layers.0.self_attn.q_proj.weight", "text_model.encoder.layers.2.mlp.fc1.bias",
      "text_model.encoder.layers.1.layer_norm2.weight",
    ]
    let weights = FormulaWeights(gradientsOf: names)
    let model = try CLIPTextModel(fixture.configuration, WeightScope(weights))
    fixture.expectSameParameters(weights)
    let output = model(fixture.tokens)
    try fixture.expect("states", output.states)
    try fixture.expect("pooled", #require(output.pooled))
    try fixture.expect(
      "penultimate", model.encode(embedded: model.embed(fixture.tokens), of: nil, skippingLast: 1).states)
    try fixture.expectGradients(of: output.states, weights: weights, among: names)
  }

  @Test func `Text tower with GELU, projection and a named end token equals transformers`() throws {
    let fixture = try NetworkFixture("clip_text_projection", CLIPTextConfiguration.self)
    let names = ["text_projection.weight", "text_model.encoder.layers.0.self_attn.v_proj.weight"]
    let weights = FormulaWeights(gradientsOf: names)
    let model = try CLIPTextModelWithProjection(fixture.configuration, WeightScope(weights))
    fixture.expectSameParameters(weights)
    try fixture.expect("states", model.textModel(fixture.tokens).states)
    let embeds = model(fixture.tokens)
    try fixture.expect("embeds", embeds)
    try fixture.expectGradients(of: embeds, weights: weights, among: names)
  }

  @Test func `Vision tower with projection equals transformers`() throws {
    let fixture = try NetworkFixture("clip_vision", CLIPVisionConfiguration.self)
    let names = [
      "vision_model.embeddings.class_embedding", "vision_model.embeddings.patch_embedding.weight",
      "vision_model.pre_layrnorm.bias",
    ]
    let weights = FormulaWeights(gradientsOf: names)
    let model = try CLIPVisionModelWithProjection(fixture.configuration, WeightScope(weights))
    fixture.expectSameParameters(weights)
    let pictures = Formula.tensor("pictures", [2, 30, 30, 3]).requiringGradient
    let output = model(pictures)
    try fixture.expect("states", output.lastHiddenState)
    try fixture.expect("pooled", output.pooled)
    try fixture.expect("embeds", output.imageEmbeds)
    try fixture.expectGradients(
      of: output.imageEmbeds, inputs: ["pictures": pictures], weights: weights, among: names + ["pictures"])
  }

  @Test func `Both towers together equal transformers`() throws {
    let fixture = try NetworkFixture("clip", CLIPConfiguration.self)
    let names = ["logit_scale", "visual_projection.weight"]
    let weights = FormulaWeights(gradientsOf: names)
    let model = try CLIPModel(fixture.configuration, WeightScope(weights))
    fixture.expectSameParameters(weights)
    let pictures = Formula.tensor("pictures", [2, 16, 16, 3]).requiringGradient
    let logits = model.logitsPerText(fixture.tokens, pictures)
    try fixture.expect("logits", logits)
    try fixture.expectGradients(
      of: logits, inputs: ["pictures": pictures], weights: weights, among: names + ["pictures"])
  }

  @Test func `A text's states do not depend on what follows it`() throws {
    let fixture = try NetworkFixture("clip_text", CLIPTextConfiguration.self)
    let model = try CLIPTextModel(fixture.configuration, WeightScope(FormulaWeights()))
    let short = model([[98, 5, 17]]).states
    let long = model([[98, 5, 17, 60, 99]]).states.slice(axis: 1, from: 0, to: 3)
    #expect(relativeDistance(short, long) <= 1e-6)
  }
}
