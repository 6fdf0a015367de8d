import Foundation

/// Whether two paths lead to the same place, whatever is there.
func isSameFile(_ one: String, _ other: String) -> Bool {
  let paths = [one, other].map { URL(fileURLWithPath: $0).resolvingSymlinksInPath().standardizedFileURL.path }
  return paths[0] == paths[1]
}
