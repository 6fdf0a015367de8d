import Foundation
import NegativeSpaceFiles
package import NegativeSpaceWeights

/// Kind of what lies at `path`: a file or a folder.
///
/// - Throws: `ModelError.unreadable` where there is nothing.
package func existingKind(_ path: String) throws -> FileKind {
  var status = stat()
  guard stat(path, &status) == 0 else {
    throw ModelError.unreadable(path: path, reason: systemMessage(errno))
  }
  return status.st_mode & S_IFMT == S_IFDIR ? .folder : .file
}

/// The system's words for why something failed, without Foundation's around them.
package func systemReason(_ error: any Error) -> String { fileReason(error) }
