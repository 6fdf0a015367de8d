import Foundation
import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceTensors

/// Another source's matrices in a nameless file, mapped as a checkpoint's are: pages that nobody reads leave memory.
final class PagedWeights: WeightSource {
  private let source: any WeightSource
  private let file: FileHandle
  private var end = 0

  /// - Throws: the system's error for the folder for temporary files.
  init(_ source: any WeightSource) throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "negspace-\(UUID().uuidString)")
    try Data().write(to: path)
    file = try FileHandle(forUpdating: path)
    self.source = source
    try FileManager.default.removeItem(at: path)
  }

  func contains(_ name: String) -> Bool { source.contains(name) }

  func tensor(_ name: String, shape: [Int], role: WeightRole, initial: Initial) throws -> Tensor {
    let made = try source.tensor(name, shape: shape, role: role, initial: initial)
    guard role == .matrix else { return made }
    let byteCount = made.count * made.dtype.byteCount
    try file.seek(toOffset: UInt64(end))
    try withExtendedLifetime(made) {
      try file.write(contentsOf: Data(bytesNoCopy: made.pointer, count: byteCount, deallocator: .none))
    }
    let pages = try FilePages(file.fileDescriptor, offset: end, byteCount: byteCount)
    end += pages.length
    return Tensor(
      storage: Storage(borrowing: pages.base, byteCount: byteCount, owner: pages, rest: pages.rest), shape: shape,
      dtype: made.dtype)
  }
}

/// A part of a file in memory, to read.
private final class FilePages: @unchecked Sendable {
  let base: UnsafeMutableRawPointer
  /// Whole pages.
  let length: Int

  init(_ descriptor: Int32, offset: Int, byteCount: Int) throws {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    length = (byteCount + page - 1) / page * page
    guard let base = mmap(nil, length, PROT_READ, MAP_PRIVATE, descriptor, offset), base != MAP_FAILED else {
      throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .ENOMEM)
    }
    self.base = base
  }

  deinit { munmap(base, length) }

  @Sendable func rest() { madvise(base, length, MADV_DONTNEED) }
}
