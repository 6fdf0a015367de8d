#if canImport(Glibc)
  import Glibc
#endif

/// The right to work in a folder, which one process has at a time and which dies with it.
package final class FolderLock {
  private let descriptor: Int32

  /// - Throws: `FileError.busy` where another has it, `FileError.unwritable`.
  package init(_ folder: String) throws(FileError) {
    let path = folder + "/lock"
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .unwritable(path: path, reason: systemText()) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let isBusy = errno == EWOULDBLOCK
      let reason = systemText()
      close(descriptor)
      throw isBusy ? .busy(folder: folder) : .unwritable(path: path, reason: reason)
    }
  }

  deinit { close(descriptor) }
}
