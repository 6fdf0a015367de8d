#if canImport(Glibc)
  import Glibc
#endif

/// Why a file cannot be read like any other: it is a pipe or a device, of which nobody knows whether it ever ends.
///
/// Nil for plain files, with links followed, and for what is not there.
package func specialFile(_ path: String) -> String? {
  var status = stat()
  guard stat(path, &status) == 0 else { return nil }
  switch status.st_mode & S_IFMT {
  case S_IFREG, S_IFDIR: return nil
  case S_IFIFO: return "it is a pipe, not a plain file"
  default: return "it is a device, not a plain file"
  }
}
