import Testing

@testable import NegativeSpaceTensors

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

  @Test func `gradients flow through values in between, whoever asks for them`() {
    var random = TorchRandom(seed: 4)
    let x = random.normal([1500, 4])
    let scale = random.normal([4])
    func gradients(_ x: Tensor, _ scale: Tensor, _ leaf: Tensor) -> [Float] {
      x.inRowBlocks(widest: 1 << 20) { $0 * scale }.sum(axes: [0, 1]).gradients(of: [leaf])[0].floats
    }
    let (input, weight) = (x.requiringGradient, scale.requiringGradient)
    #expect(gradients(input, scale, input) == (0..<6000).map { scale.floats[$0 % 4] })
    let expected = x.sum(axes: [0]).floats
    for (a, b) in zip(gradients(x, weight, weight), expected) { #expect(abs(a - b) < 1e-3) }
  }
}
