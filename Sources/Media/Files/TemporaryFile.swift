#if canImport(Glibc)
  import Glibc
#endif

/// A hidden file beside an output that is being written; deleted unless it is moved into place.
final class TemporaryFile {
  /// Path to write to.
  let path: String
  /// The output as the user named it.
  private let requested: String
  /// The output with symbolic links followed, so that a link stays a link.
  private let target: String
  private var isOpen = true

  /// Creates the empty file in the output's folder.
  /// - Throws: `MediaError.cannotWrite` where the folder is missing or forbidden, or the output is not a plain file.
  init(for output: String) throws {
    requested = output
    let target = Self.followingLinks(output)
    self.target = target
    var existing = stat()
    if stat(target, &existing) == 0 {
      // Moving a file over `/dev/null` would destroy the device.
      guard existing.st_mode & S_IFMT == S_IFREG else {
        let kind = existing.st_mode & S_IFMT == S_IFDIR ? "it is a folder" : "it is not a plain file"
        throw MediaError.cannotWrite(path: output, reason: kind)
      }
    } else if target.isEmpty || target.hasSuffix("/") {
      throw MediaError.cannotWrite(path: output, reason: "it names a folder, not a file")
    }
    let folder = target.lastIndex(of: "/").map { String(target[...$0]) } ?? ""
    var template = Array("\(folder).negspace-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw MediaError.cannotWrite(path: output, reason: systemReason()) }
    // mkstemp makes a private file; the output gets what any new file would.
    fchmod(descriptor, 0o666 & ~Self.creationMask)
    close(descriptor)
    path = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
  }

  /// Gives the finished file its name, replacing what had it.
  /// - Throws: `MediaError.cannotWrite`.
  func moveIntoPlace() throws {
    guard rename(path, target) == 0 else { throw MediaError.cannotWrite(path: requested, reason: systemReason()) }
    isOpen = false
  }

  /// Deletes the file now; nothing happens when it has been moved or deleted.
  func discard() {
    guard isOpen else { return }
    isOpen = false
    unlink(path)
  }

  deinit { discard() }

  /// The process's `umask`, which can only be read by setting it: once, so that threads do not meet in between.
  private static let creationMask: mode_t = {
    let mask = umask(0o077)
    umask(mask)
    return mask
  }()

  private static func followingLinks(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
