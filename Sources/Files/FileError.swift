/// What keeps a file or a folder from being written, as the system says it.
package enum FileError: Error, Hashable, CustomStringConvertible {
  /// The file as it was asked for, and why.
  case unwritable(path: String, reason: String)
  /// Another process works in the folder.
  case busy(folder: String)

  package var description: String {
    switch self {
    case .unwritable(let path, let reason): "cannot write \(path): \(reason)"
    case .busy(let folder): "another process is at work in \(folder); wait for it, or take another folder"
    }
  }
}
