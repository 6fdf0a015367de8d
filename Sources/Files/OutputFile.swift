#if canImport(Glibc)
  import Glibc
#endif

/// A file in the making, by which everything is written that the program writes.
///
/// Where a plain file or nothing is, it is made beside its place and renamed when it is whole: nobody ever sees half of
/// it, and what was there stays until then. A link stays a link: the file that it names is replaced. Devices and pipes
/// are written as they are.
package final class OutputFile {
  /// Where the bytes go meanwhile; the file itself where it is a device or a pipe.
  package let path: String
  /// The file as it was asked for.
  private let requested: String
  /// The file with links followed.
  private let target: String
  /// Whether it is a device or a pipe.
  package let isDirect: Bool
  private var descriptor: Int32
  private var isOpen = true

  /// Opens the file.
  ///
  /// - Throws: `FileError.unwritable` where the folder is missing or closed, or a folder has the name.
  package init(for output: String) throws(FileError) {
    requested = output
    target = try Self.followingLinks(output)
    var existing = stat()
    let isThere = stat(target, &existing) == 0
    let kind = existing.st_mode & S_IFMT
    if isThere, kind == S_IFDIR { throw .unwritable(path: output, reason: "it is a folder") }
    if target.isEmpty || target.hasSuffix("/") {
      throw .unwritable(path: output, reason: "it names a folder, not a file")
    }
    isDirect = isThere && kind != S_IFREG
    path = isDirect ? target : Temporaries.name(beside: target)
    if !isDirect {
      Temporaries.sweep(Self.folder(of: target))
      Temporaries.add(path)
    }
    let flags = isDirect ? O_WRONLY | O_CLOEXEC : O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
    descriptor = open(path, flags, 0o666)
    // A folder that is missing is made, if its own is there.
    let folder = Self.folder(of: target)
    let isLost = descriptor < 0 && errno == ENOENT && !folder.isEmpty
    if isLost, mkdir(folder, 0o777) == 0 { descriptor = open(path, flags, 0o666) }
    guard descriptor >= 0 else {
      let reason =
        isLost && errno == ENOENT ? "there is no folder \(folder); make it first: mkdir -p '\(folder)'" : systemText()
      Temporaries.remove(path)
      throw .unwritable(path: output, reason: reason)
    }
  }

  /// Writes a file of these bytes.
  ///
  /// - Throws: `FileError.unwritable`; what was there before is then untouched.
  package static func write(_ bytes: some Sequence<UInt8>, to path: String) throws(FileError) {
    let file = try OutputFile(for: path)
    let bytes = Array(bytes)
    var failure: FileError?
    bytes.withUnsafeBytes { bytes in
      do throws(FileError) { try file.append(bytes) } catch { failure = error }
    }
    if let failure { throw failure }
    try file.finish()
  }

  /// Writes a file of this text as UTF-8.
  ///
  /// - Throws: `FileError.unwritable`.
  package static func write(_ text: String, to path: String) throws(FileError) { try write(text.utf8, to: path) }

  package func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    var rest = bytes
    while !rest.isEmpty {
      let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
      if written < 0 {
        if errno == EINTR { continue }
        throw .unwritable(path: requested, reason: systemText())
      }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
    }
  }

  /// Gives the finished file its name, once its bytes are on the disk.
  ///
  /// - Throws: `FileError.unwritable`.
  package func finish() throws(FileError) {
    // Devices and pipes cannot be waited for.
    guard isDirect || fsync(descriptor) == 0 else { throw .unwritable(path: requested, reason: systemText()) }
    let closed = close(descriptor)
    descriptor = -1
    guard closed == 0, isDirect || rename(path, target) == 0 else {
      throw .unwritable(path: requested, reason: systemText())
    }
    isOpen = false
    guard !isDirect else { return }
    Temporaries.remove(path)
    // The new name is on disk only when the folder is.
    let folder = Self.folder(of: target)
    let place = open(folder.isEmpty ? "." : folder, O_RDONLY | O_CLOEXEC)
    guard place >= 0 else { return }
    fsync(place)
    close(place)
  }

  /// Gives up: nothing is left behind; harmless afterwards.
  package func discard() {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
    guard isOpen else { return }
    isOpen = false
    guard !isDirect else { return }
    unlink(path)
    Temporaries.remove(path)
  }

  deinit { discard() }

  /// The part of a path before its last name, without the slash; "/" of what lies at the root, empty for here.
  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "" }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The place that links lead to, which need not exist yet.
  private static func followingLinks(_ path: String) throws(FileError) -> String {
    var place = path
    for _ in 0..<40 {
      var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
      let count = readlink(place, &buffer, buffer.count)
      guard count > 0 else { return place }
      let next = String(decoding: buffer.prefix(count), as: UTF8.self)
      let folder = folder(of: place)
      place = next.hasPrefix("/") || folder.isEmpty ? next : folder == "/" ? "/" + next : "\(folder)/\(next)"
    }
    throw .unwritable(path: path, reason: "its links lead in a circle")
  }
}

/// The system's words for the last failed call.
func systemText() -> String { String(cString: strerror(errno)) }
