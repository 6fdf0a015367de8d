package import NegativeSpaceTensors

/// Repeatable numbers, evenly distributed in -1…1.
package func noise(_ shape: [Int], seed: UInt32) -> Tensor {
  var state = seed &* 2_654_435_761 | 1
  let values = (0..<shape.reduce(1, *)).map { _ in
    state ^= state << 13
    state ^= state >> 17
    state ^= state << 5
    return Float(Int32(bitPattern: state)) / Float(Int32.max)
  }
  return Tensor(values, shape: shape)
}
