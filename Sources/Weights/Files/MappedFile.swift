import Foundation

/// A file's bytes mapped into memory: read from disk when they are touched, given back when memory is short.
///
/// A file that another program shortens while it is mapped ends the process when the lost part is read, as with any
/// mapping.
package final class MappedFile: @unchecked Sendable {
  package let path: String
  /// The whole file; nothing may be written through it.
  let bytes: UnsafeRawBufferPointer

  /// - Throws: `TensorFileError.unreadable` if `path` is no readable file.
  package init(path: String) throws(TensorFileError) {
    func failed(_ reason: String) -> TensorFileError { .unreadable(file: path, reason: reason) }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failed(systemMessage(errno)) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failed(systemMessage(errno)) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw failed("it is not a file") }

    let count = Int(status.st_size)
    if count == 0 {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
    } else {
      guard let base = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), base != MAP_FAILED else {
        throw failed(systemMessage(errno))
      }
      bytes = UnsafeRawBufferPointer(start: base, count: count)
    }
    self.path = path
  }

  deinit {
    if let base = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: base), bytes.count) }
  }

  /// Says that `part` was converted and is not needed in memory any more.
  func release(_ part: UnsafeRawBufferPointer) {
    guard let base = part.baseAddress else { return }
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let first = (Int(bitPattern: base) + page - 1) / page * page
    let last = (Int(bitPattern: base) + part.count) / page * page
    if last > first { madvise(UnsafeMutableRawPointer(bitPattern: first), last - first, MADV_DONTNEED) }
  }
}

/// The system's words for an error number.
package func systemMessage(_ code: Int32) -> String { String(cString: strerror(code)) }
