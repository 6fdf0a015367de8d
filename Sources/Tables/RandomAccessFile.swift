import Foundation

/// A file that is read at any place, no more at once than is asked for.
final class RandomAccessFile {
  let path: String
  /// Bytes.
  let count: Int
  private let descriptor: Int32

  /// - Throws: `TableError.unreadable`.
  init(path: String) throws {
    func failed(_ reason: String) -> TableError { .unreadable(file: path, reason: reason) }
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failed(String(cString: strerror(errno))) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw failed("it is not a file")
    }
    (self.path, count) = (path, Int(status.st_size))
  }

  deinit { close(descriptor) }

  /// The bytes of a range within the file.
  ///
  /// - Throws: `TableError`.
  func read(_ range: Range<Int>) throws -> [UInt8] {
    guard range.lowerBound >= 0, range.upperBound <= count else {
      throw TableError.damaged(
        file: path, place: "byte \(range.lowerBound)",
        reason: "\(range.count) bytes are expected there, and the file has \(count)")
    }
    var done = 0
    let bytes = try [UInt8](unsafeUninitializedCapacity: range.count) { buffer, initialized in
      while done < range.count, let base = buffer.baseAddress {
        let got = pread(descriptor, base + done, range.count - done, off_t(range.lowerBound + done))
        if got < 0, errno == EINTR { continue }
        guard got > 0 else { throw TableError.unreadable(file: path, reason: String(cString: strerror(errno))) }
        done += got
      }
      initialized = done
    }
    return bytes
  }

  /// Calls `body` with the file's bytes from beginning to end, a piece at a time.
  func forEachPiece(_ size: Int = 1 << 20, _ body: (ArraySlice<UInt8>) throws -> Bool) throws {
    var place = 0
    while place < count {
      let end = min(count, place + size)
      guard try body(try read(place..<end)[...]) else { return }
      place = end
    }
  }
}
