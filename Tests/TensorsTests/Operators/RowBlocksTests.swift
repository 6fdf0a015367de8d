import Testing

@testable import Tensors

@Suite struct RowBlocksTests {
  /// Several blocks, of which no two begin alike, and one block.
  @Test(arguments: [3001, 7]) func `rows come back in their places`(rows: Int) {
    var random = TorchRandom(seed: 3)
    let x = random.normal([rows, 2, 8])
    var sizes: [Int] = []
    let result = x.inRowBlocks(widest: 1 << 20) { block in
      sizes.append(block.size(0))
      return block * 2 + 1
    }
    #expect(result.shape == x.shape && result.floats == (x * 2 + 1).floats)
    #expect(rows == 7 || sizes.count > 2)
  }
}
