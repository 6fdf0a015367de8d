import Foundation
import NegativeSpaceLayers
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import Testing

/// Each layer against diffusers' on the same weights and inputs.
///
/// Made with: python Tests/LayersTests/Fixtures/make_layers.py (torch 2.13, diffusers 0.42.1).
@Suite struct LayerParityTests {
  private let file: FixtureFile
  private let weights = FormulaWeights()
  private let picture = Formula.tensor("picture", [2, 5, 7, 16])

  init() throws {
    file = try FixtureFile(Bundle.module.url(forResource: "Fixtures/layers", withExtension: "safetensors"))
  }

  private func place(_ name: String) -> WeightScope { WeightScope(weights)[name] }

  private func expect(_ name: String, _ found: Tensor, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let distance = relativeDistance(found, try file.tensor(name))
    #expect(distance <= 2e-6, "\(name) \(found.shape) is \(distance) away", sourceLocation: sourceLocation)
  }

  @Test func `Timestep waves and their embedding equal diffusers`() throws {
    let waves = Timesteps(width: 12)([0, 1, 499.5, 999])
    // A frequency off by one unit in the last place moves 999 radians by 6e-5.
    #expect(relativeDistance(waves, try file.tensor("waves")) <= 3e-5)
    let shifted = Timesteps(width: 13, cosineFirst: false, frequencyShift: 1)([0, 1, 499.5, 999])
    #expect(relativeDistance(shifted, try file.tensor("waves_sine_first_shifted")) <= 3e-5)
    try expect("time", TimestepEmbedding(place("time"), from: 12, to: 20)(file.tensor("waves")))
  }

  @Test func `A resnet with time and shortcut equals diffusers`() throws {
    let resnet = try ResnetBlock2D(place("resnet"), from: 16, to: 24, timeWidth: 20, groups: 4, epsilon: 1e-5)
    let time = try file.tensor("time").slice(axis: 0, from: 0, to: 2).silu()
    try expect("resnet", resnet(picture, time: time))
  }

  @Test func `A resnet without either equals diffusers`() throws {
    let resnet = try ResnetBlock2D(place("same"), from: 16, to: 16, timeWidth: nil, groups: 4, epsilon: 1e-6)
    try expect("same", resnet(picture))
    #expect(!weights.shapes.keys.contains { $0.contains("shortcut") || $0.contains("time_emb") })
  }

  @Test func `Halving with both borders equals diffusers`() throws {
    try expect("around", Downsample2D(place("around"), channels: 16, border: .around)(picture))
    try expect("after", Downsample2D(place("after"), channels: 16, border: .after)(picture))
  }

  @Test func `Enlarging to the double and to a given size equals diffusers`() throws {
    let up = try Upsample2D(place("up"), channels: 16)
    try expect("up", up(picture))
    try expect("up_to_9_13", up(picture, to: (height: 9, width: 13)))
  }

  @Test func `A transformer block whose text serves two rows each equals diffusers with the text repeated`() throws {
    let block = try BasicTransformerBlock(place("block"), width: 24, heads: 3, headWidth: 8, contextWidth: 10)
    try expect("block", block(Formula.tensor("tokens", [4, 6, 24]), context: Formula.tensor("text", [2, 5, 10])))
  }

  @Test func `A transformer block with two self-attentions equals diffusers`() throws {
    let block = try BasicTransformerBlock(place("double"), width: 24, heads: 3, headWidth: 8, contextWidth: nil)
    try expect("double", block(Formula.tensor("tokens", [4, 6, 24])))
  }
}
