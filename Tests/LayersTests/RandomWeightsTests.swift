import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import Testing

@Suite struct RandomWeightsTests {
  private let shape = [100, 200]

  @Test func `A parameter depends on the seed and on its name, not on what was asked before`() {
    let first = RandomWeights(seed: 3)
    let second = RandomWeights(seed: 3)
    _ = second.tensor("other", shape: [5], role: .vector, initial: .zeros)
    let ask = { (source: RandomWeights, name: String) in
      source.tensor(name, shape: [4], role: .matrix, initial: .normal(std: 1)).floats
    }
    let values = ask(first, "a")
    #expect(values == ask(second, "a"))
    #expect(values != ask(second, "b"))
    #expect(values != ask(RandomWeights(seed: 4), "a"))
  }

  @Test func `Gaussian starts have the asked mean and deviation`() {
    let values = RandomWeights(seed: 1).tensor("w", shape: shape, role: .matrix, initial: .normal(std: 0.5)).floats
    let mean = values.reduce(0, +) / Float(values.count)
    let variance = values.reduce(0) { $0 + $1 * $1 } / Float(values.count)
    // 20000 draws: three standard errors are 0.011 and 0.0075.
    #expect(abs(mean) < 0.011)
    #expect(abs(variance - 0.25) < 0.0075)
    // 2.275 % of a Gaussian lies above two deviations; three standard errors are 0.32 %.
    #expect(abs(Float(values.count { $0 > 1 }) / Float(values.count) - 0.02275) < 0.0032)
  }

  @Test func `Kaiming starts spread evenly to one over the root of the inputs`() {
    let values = RandomWeights(seed: 1).tensor("w", shape: shape, role: .matrix, initial: .kaiming(fanIn: 25)).floats
    #expect(values.allSatisfy { abs($0) < 0.2 })
    let variance = values.reduce(0) { $0 + $1 * $1 } / Float(values.count)
    // Of an even spread over ±0.2: 0.04 / 3.
    #expect(abs(variance - 0.013_333) < 0.0003)
    #expect((values.max() ?? 0) > 0.199)
  }

  @Test func `Matrices come in the compute type, vectors in float32, constants exactly`() {
    let source = RandomWeights(seed: 1, dtype: .bfloat16)
    let matrix = source.tensor("w", shape: [2, 2], role: .matrix, initial: .ones)
    let vector = source.tensor("b", shape: [2], role: .vector, initial: .constant(2.6592))
    #expect(matrix.dtype == .bfloat16)
    #expect(matrix.floats == [1, 1, 1, 1])
    #expect(vector.dtype == .float32)
    #expect(vector.floats == [2.6592, 2.6592])
    #expect(source.requests.map(\.name) == ["w", "b"])
    #expect(source.requests.map(\.shape) == [[2, 2], [2]])
  }

  @Test func `Scopes join names with dots`() throws {
    let source = RandomWeights(seed: 1)
    _ = try Linear(WeightScope(source)["down_blocks"][2]["attn1.to_out"][0], from: 3, to: 4)
    #expect(
      source.requests.map(\.name) == ["down_blocks.2.attn1.to_out.0.weight", "down_blocks.2.attn1.to_out.0.bias"])
    #expect(source.requests.map(\.role) == [.matrix, .vector])
    _ = try WeightScope(source).tensor("logit_scale", shape: [], role: .vector, initial: .zeros)
    #expect(source.requests.last?.name == "logit_scale")
  }
}
