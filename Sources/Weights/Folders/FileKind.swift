import Foundation

/// What a path leads to, links followed.
package enum FileKind: Sendable {
  case file, folder
}

/// What is at `path`: nil where nothing is, or nothing that one may see.
package func fileKind(_ path: String) -> FileKind? {
  var isFolder: ObjCBool = false
  guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return nil }
  return isFolder.boolValue ? .folder : .file
}

/// Whether a folder holds a tokenizer in one of transformers' two forms.
package func isTokenizerFolder(_ path: String) -> Bool {
  ["vocab.json", "tokenizer.json"].contains { fileKind("\(path)/\($0)") == .file }
}
