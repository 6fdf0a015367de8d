import NegativeSpaceKernels
import NegativeSpaceTestSupport
import Synchronization
import Testing

@testable import NegativeSpaceTensors

@Suite struct StorageTests {
  /// A weight (side, side) that counts how often it is made.
  private final class Counted: Sendable {
    let count = Atomic<Int>(0)

    func weight(_ side: Int) -> Tensor {
      let values = noise([side, side], seed: 3)
      let storage = Storage(byteCount: side * side * 4) { [self] target in
        count.add(1, ordering: .relaxed)
        withExtendedLifetime(values) { target.copyMemory(from: values.pointer, byteCount: side * side * 4) }
      }
      return Tensor(storage: storage, shape: [side, side], dtype: .float32)
    }
  }

  @Test func `a weight that can be made again is made once to be packed, and then not held`() {
    let counted = Counted()
    let side = 512
    let x = noise([8, side], seed: 4)
    let weight = counted.weight(side)
    #expect(counted.count.load(ordering: .relaxed) == 0)
    let expected = x.linear(noise([side, side], seed: 3))
    for _ in 0..<3 {
      #expect(relativeDistance(x.linear(weight), expected) < 1e-6)
    }
    #expect(counted.count.load(ordering: .relaxed) == 1)
  }

  @Test func `what is read as it lies is made once and stays`() {
    let counted = Counted()
    let weight = counted.weight(16)
    let pointer = weight.pointer
    #expect(weight.pointer == pointer && weight.floats == noise([16, 16], seed: 3).floats)
    _ = noise([8, 16], seed: 4).linear(weight)
    #expect(counted.count.load(ordering: .relaxed) == 1)
  }
}
