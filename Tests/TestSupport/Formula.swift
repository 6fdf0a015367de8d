package import NegativeSpaceTensors

/// Numbers that Python and Swift both make from a name, so that fixtures need not store weights and inputs.
///
/// The Python side is Tests/NetworksTests/Fixtures/formula.py.
package enum Formula {
  /// An input of variance 1.
  package static func tensor(_ name: String, _ shape: [Int]) -> Tensor {
    let scale = Float(3).squareRoot()
    return Tensor(spread(name, shape.reduce(1, *)).map { $0 * scale }, shape: shape)
  }

  /// Norm scales around 1, biases around 0, matrices of variance 1/fanIn.
  package static func parameter(_ name: String, _ shape: [Int]) -> Tensor {
    let values = spread(name, shape.reduce(1, *))
    if shape.count <= 1 {
      return Tensor(values.map { name.hasSuffix("weight") ? 1 + 0.25 * $0 : 0.25 * $0 }, shape: shape)
    }
    let bound = (3 / Float(shape.dropFirst().reduce(1, *))).squareRoot()
    return Tensor(values.map { $0 * bound }, shape: shape)
  }

  /// On a grid of 2⁻²³ inside (-1, 1): SplitMix64 started at the name's FNV-1a hash.
  private static func spread(_ name: String, _ count: Int) -> [Float] {
    var random = SplitMix64(
      seed: name.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 })
    return (0..<count).map { _ in Float(Int(random.next() >> 40) - (1 << 23)) / Float(1 << 23) }
  }
}
