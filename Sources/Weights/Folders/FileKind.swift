import Foundation

/// A file or a folder at a path, links followed.
package enum FileKind: Sendable {
  case file, folder
}

/// The file or folder at `path`; nil where there is none, or none that may be seen.
package func fileKind(_ path: String) -> FileKind? {
  var isFolder: ObjCBool = false
  guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return nil }
  return isFolder.boolValue ? .folder : .file
}

/// True if a folder holds a tokenizer in one of transformers' two forms.
package func isTokenizerFolder(_ path: String) -> Bool {
  ["vocab.json", "tokenizer.json"].contains { fileKind("\(path)/\($0)") == .file }
}
