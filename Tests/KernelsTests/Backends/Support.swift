@testable import Kernels

/// Constant weights that count how often they are read.
final class Rented: ConstantBytes, @unchecked Sendable {
  let packed = PackedWeights()
  let pointer: UnsafeMutableRawPointer
  private(set) var lent = 0

  init(_ values: [Float]) {
    pointer = .allocate(byteCount: values.count * 4, alignment: 64)
    pointer.initializeMemory(as: Float.self, from: values, count: values.count)
  }

  deinit { pointer.deallocate() }

  func lend(_ use: (UnsafeRawPointer) -> Void) {
    lent += 1
    use(pointer)
  }
}

func filled(_ count: Int, _ body: (UnsafeMutableRawPointer) -> Void) -> [Float] {
  [Float](unsafeUninitializedCapacity: max(count, 1)) { buffer, initialized in
    // What nobody writes is found: it stays NaN.
    for index in 0..<max(count, 1) { buffer.initializeElement(at: index, to: .nan) }
    if let base = buffer.baseAddress { body(UnsafeMutableRawPointer(base)) }
    initialized = count
  }
}

/// Repeatable numbers in -1…1.
func noise(_ count: Int) -> [Float] {
  var state: UInt32 = 2_463_534_242
  return (0..<count).map { _ in
    state ^= state << 13
    state ^= state >> 17
    state ^= state << 5
    return Float(Int32(bitPattern: state)) / Float(Int32.max)
  }
}

func relativeDistance(_ a: [Float], _ b: [Float]) -> Double {
  var difference = 0.0
  var size = 0.0
  for (x, y) in zip(a, b) {
    difference += (Double(x) - Double(y)) * (Double(x) - Double(y))
    size += Double(y) * Double(y)
  }
  let distance = (difference / size).squareRoot()
  return distance.isNaN ? .infinity : distance
}
