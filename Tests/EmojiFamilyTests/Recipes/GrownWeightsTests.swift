import NegativeSpaceLayers
import NegativeSpaceTensors
import Testing

@testable import NegativeSpaceEmojiFamily

@Suite struct GrownWeightsTests {
  private static let small = Tensor([1, 2, 3, 4, 5, 6, 7, 8], shape: [4, 2])

  private func grown(_ shape: [Int], _ rim: GrownWeights.Rim, parts: (rows: Int, columns: Int) = (1, 1)) throws
    -> Tensor
  {
    let source = GrownWeights(from: ["w": Self.small], fresh: RandomWeights(seed: 1), rim: rim, parts: { _ in parts })
    return try source.tensor("w", shape: shape, role: .matrix, initial: .ones)
  }

  @Test func theSmallerStandsInTheLeadingCorner() throws {
    #expect(try grown([5, 3], .zeros).floats == [1, 2, 0, 3, 4, 0, 5, 6, 0, 7, 8, 0, 0, 0, 0])
    #expect(try grown([4, 3], .fresh).floats == [1, 2, 1, 3, 4, 1, 5, 6, 1, 7, 8, 1])
    #expect(try grown([4, 2], .zeros).floats == Self.small.floats)
  }

  /// Mean and logarithm of the variance of an autoencoder's latents lie one after the other.
  @Test func partsGrowEachOnTheirOwn() throws {
    #expect(try grown([6, 2], .zeros, parts: (2, 1)).floats == [1, 2, 3, 4, 0, 0, 5, 6, 7, 8, 0, 0])
    #expect(
      try grown([6, 4], .zeros, parts: (2, 2)).floats
        == [1, 0, 2, 0, 3, 0, 4, 0, 0, 0, 0, 0, 5, 0, 6, 0, 7, 0, 8, 0, 0, 0, 0, 0])
  }

  @Test func whatIsNoSmallerOneStaysFresh() throws {
    #expect(try grown([3, 2], .zeros).floats == [Float](repeating: 1, count: 6))
    #expect(try grown([4, 2, 1, 1], .zeros).floats == [Float](repeating: 1, count: 8))
  }
}
