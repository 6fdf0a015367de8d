import Foundation
import NegativeSpaceKernels
import NegativeSpaceTensors

/// Zeros of any size at the price of an address range: the system maps one empty page over and over.
final class ZeroPages: @unchecked Sendable {
  private let base: UnsafeMutableRawPointer
  private let byteCount: Int
  private let shape: [Int]
  private let dtype: DataType

  /// nil when `shape` is beyond the address space.
  init?(shape: [Int], dtype: DataType) {
    var bytes = dtype.byteCount
    for size in shape {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: size)
      if overflow || product < 0 { return nil }
      bytes = product
    }
    byteCount = max(bytes, 1)
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    guard let base = mmap(nil, byteCount, PROT_READ, flags, -1, 0), base != MAP_FAILED else { return nil }
    (self.base, self.shape, self.dtype) = (base, shape, dtype)
  }

  deinit { munmap(base, byteCount) }

  var tensor: Tensor {
    Tensor(storage: Storage(borrowing: base, byteCount: byteCount, owner: self), shape: shape, dtype: dtype)
  }
}
