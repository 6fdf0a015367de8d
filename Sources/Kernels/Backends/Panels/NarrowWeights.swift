import NegativeSpaceCKernels
import Synchronization

/// Float32 weights in a type of two bytes that holds them exactly, as it does what is out of a file of that type.
struct NarrowWeights {
  let element: PanelElement
  let buffer: Buffer

  /// nil if neither float16 nor bfloat16 holds every one of them.
  init?(_ plain: UnsafeRawPointer, count: Int) {
    let buffer = Buffer(count * PanelElement.float16.byteCount)
    let operands = Operands(a: plain, b: plain, bias: nil, c: buffer.pointer)
    guard let element = [PanelElement.float16, .bfloat16].first(where: { Self.narrow(operands, count, to: $0) }) else {
      return nil
    }
    (self.element, self.buffer) = (element, buffer)
  }

  /// Writes a to c as `element`; false if c cannot hold all of it exactly, and is then of no use.
  private static func narrow(_ operands: Operands, _ count: Int, to element: PanelElement) -> Bool {
    let loses = Atomic(false)
    parallel(count, grain: grain) { range in
      guard !loses.load(ordering: .relaxed) else { return }
      let plain = operands.a.assumingMemoryBound(to: Float.self) + range.lowerBound
      let narrow = operands.c.assumingMemoryBound(to: UInt16.self) + range.lowerBound
      if ns_narrow_exactly(element.rawValue, narrow, plain, Int64(range.count)) == 0 {
        loses.store(true, ordering: .relaxed)
      }
    }
    return !loses.load(ordering: .relaxed)
  }

  /// Numbers worth a part of their own.
  private static let grain = 1 << 16
}
