import Foundation
package import NegativeSpaceWeights

/// The path of a model or a part of one: itself, or where the hub's cache on this machine holds `OWNER/NAME`.
///
/// A repository that is one file of weights, such as VideoCrafter2's, is that file. Nothing is downloaded.
///
/// - Throws: `ModelError.notInHub` for a name of the hub that is neither a path nor in the cache.
public func located(_ path: String) throws -> String {
  try located(path, in: HubCache())
}

/// The same in a certain cache.
package func located(_ path: String, in hub: HubCache) throws -> String {
  guard fileKind(path) == nil, HubCache.isName(path) else { return path }
  guard let snapshot = hub.snapshot(of: path) else { throw ModelError.notInHub(name: path, cache: hub.folder) }
  return loneFile(in: snapshot) ?? snapshot
}

/// The only file of weights in a folder that has no configurations beside it; nil where it is otherwise.
private func loneFile(in folder: String) -> String? {
  let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
  let weights = names.filter { name in [".ckpt", ".safetensors", ".pt", ".pth", ".bin"].contains { name.hasSuffix($0) }
  }
  guard weights.count == 1, !names.contains(where: { $0.hasSuffix(".json") }),
    fileKind("\(folder)/\(weights[0])") == .file
  else { return nil }
  return "\(folder)/\(weights[0])"
}
