import Foundation

/// A file that is written beside its place and renamed when it is whole, so that nobody ever sees half of it.
final class AtomicFile {
  private let path: String
  private let temporary: String
  private let descriptor: Int32

  /// Writes `path` with what `body` appends; if anything fails, what was there before stays and nothing is left behind.
  ///
  /// - Throws: `TensorFileError.unwritable`, or what `body` throws.
  static func write(to path: String, _ body: (AtomicFile) throws -> Void) throws {
    let file = try AtomicFile(path)
    do {
      try body(file)
      try file.finish()
    } catch {
      file.abandon()
      throw error
    }
  }

  private init(_ path: String) throws(TensorFileError) {
    let url = URL(fileURLWithPath: path)
    let random = String(UInt32.random(in: .min ... .max), radix: 36)
    self.path = path
    // Not longer for a long name, which the file system could not hold.
    temporary = url.deletingLastPathComponent().appending(path: ".negspace-\(random).partial").path
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .unwritable(file: path, reason: systemMessage(errno)) }
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws(TensorFileError) {
    var rest = bytes
    while !rest.isEmpty {
      let written = Foundation.write(descriptor, rest.baseAddress, rest.count)
      if written < 0 {
        if errno == EINTR { continue }
        throw .unwritable(file: path, reason: systemMessage(errno))
      }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
    }
  }

  func append(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try append($0) }
  }

  private func finish() throws(TensorFileError) {
    guard fsync(descriptor) == 0, rename(temporary, path) == 0 else {
      throw .unwritable(file: path, reason: systemMessage(errno))
    }
    close(descriptor)
    // The new name is on disk only when the folder is.
    let folder = open(URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
    if folder >= 0 {
      fsync(folder)
      close(folder)
    }
  }

  private func abandon() {
    close(descriptor)
    unlink(temporary)
  }
}
