import NegativeSpaceCKernels
import Synchronization

/// The largest of the elements' bits without their sign, on all cores: infinity and NaN are above every number.
///
/// - Parameters:
///   - bytes: elements of any alignment.
///   - elementBytes: 2 or 4.
package func largestMagnitude(_ bytes: UnsafeRawBufferPointer, elementBytes: Int) -> UInt32 {
  nonisolated(unsafe) let bytes = bytes
  let largest = Mutex<UInt32>(0)
  parallel(bytes.count / elementBytes, grain: 1 << 16) { range in
    guard let base = bytes.baseAddress else { return }
    let part = ns_largest_magnitude(
      Int32(elementBytes), base + range.lowerBound * elementBytes, Int64(range.count))
    largest.withLock { $0 = max($0, part) }
  }
  return largest.withLock { $0 }
}
