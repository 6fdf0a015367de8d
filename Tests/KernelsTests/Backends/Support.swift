import NegativeSpaceCKernels
import Testing

@testable import NegativeSpaceKernels

extension Trait where Self == ConditionTrait {
  static var oneDNNKnowsBFloat16: Self {
    .enabled(if: OneDNNBackend.isWide, "oneDNN 2.6 knows bfloat16 only on processors with AVX-512")
  }
}

/// Constant weights that count how often they are read.
final class Rented: ConstantBytes, @unchecked Sendable {
  let packed = PackedWeights()
  let pointer: UnsafeMutableRawPointer
  private(set) var lent = 0

  init<Element: BitwiseCopyable>(_ values: [Element]) {
    pointer = .allocate(byteCount: values.count * MemoryLayout<Element>.stride, alignment: 64)
    pointer.initializeMemory(as: Element.self, from: values, count: values.count)
  }

  deinit { pointer.deallocate() }

  func lend<Result>(_ use: (UnsafeRawPointer) -> Result) -> Result {
    lent += 1
    return use(pointer)
  }
}

func filled(_ count: Int, _ body: (UnsafeMutableRawPointer) -> Void) -> [Float] {
  [Float](unsafeUninitializedCapacity: max(count, 1)) { buffer, initialized in
    // A number that nobody writes is found: it stays NaN.
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

/// As bfloat16's bits.
func rounded(_ values: [Float]) -> [UInt16] {
  [UInt16](unsafeUninitializedCapacity: values.count) { buffer, count in
    ns_to_bfloat16(buffer.baseAddress, values, Int64(values.count))
    count = values.count
  }
}

/// `count` numbers of bfloat16 that `body` writes.
func widened(_ count: Int, _ body: (UnsafeMutableRawPointer) -> Void) -> [Float] {
  // A number that nobody writes is found: it stays NaN.
  var values = [UInt16](repeating: 0x7FC0, count: count)
  values.withUnsafeMutableBytes { if let base = $0.baseAddress { body(base) } }
  return values.map { Float(bitPattern: UInt32($0) << 16) }
}
