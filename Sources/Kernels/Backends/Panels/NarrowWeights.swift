import CKernels
import Synchronization

/// Float32 weights in a type of two bytes that holds them exactly, as it does what is out of a file of that type.
struct NarrowWeights {
  let element: PanelElement
  let buffer: Buffer

  /// nil if neither float16 nor bfloat16 holds every one of them.
  init?(_ plain: UnsafeRawPointer, count: Int) {
    guard let element = [PanelElement.float16, .bfloat16].first(where: { Self.holds($0, plain, count) }) else {
      return nil
    }
    self.element = element
    buffer = Buffer(count * element.byteCount)
    let operands = Operands(a: plain, b: plain, bias: nil, c: buffer.pointer)
    parallel(count, grain: Self.grain) { range in
      let (from, to) = (
        operands.a.assumingMemoryBound(to: Float.self) + range.lowerBound,
        operands.c.assumingMemoryBound(to: UInt16.self) + range.lowerBound
      )
      (element == .float16 ? ns_to_float16 : ns_to_bfloat16)(to, from, Int64(range.count))
    }
  }

  private static func holds(_ element: PanelElement, _ plain: UnsafeRawPointer, _ count: Int) -> Bool {
    let loses = Atomic(false)
    let operands = Operands(a: plain, b: plain, bias: nil, c: UnsafeMutableRawPointer(mutating: plain))
    parallel(count, grain: grain) { range in
      let part = operands.a.assumingMemoryBound(to: Float.self) + range.lowerBound
      if !loses.load(ordering: .relaxed), ns_is_exact(element.rawValue, part, Int64(range.count)) == 0 {
        loses.store(true, ordering: .relaxed)
      }
    }
    return !loses.load(ordering: .relaxed)
  }

  /// Numbers worth a part of their own.
  private static let grain = 1 << 16
}
