package import NegativeSpaceWeights

/// The path of a model or a part of one: itself, or where the hub's cache on this machine holds `OWNER/NAME`.
///
/// Nothing is downloaded.
///
/// - Throws: `ModelError.notInHub` for a name of the hub that is neither a path nor in the cache.
public func located(_ path: String) throws -> String {
  try located(path, in: HubCache())
}

/// The same in a certain cache.
package func located(_ path: String, in hub: HubCache) throws -> String {
  guard fileKind(path) == nil, HubCache.isName(path) else { return path }
  if let snapshot = hub.snapshot(of: path) { return snapshot }
  throw ModelError.notInHub(name: path, cache: hub.folder)
}
