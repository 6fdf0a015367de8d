import NegativeSpacePipelines
import NegativeSpaceWeights

/// The folder of a writer, or of a T5 to begin with: as it is named, or in the hub's cache; `t5-small` and its kind are
/// Google's.
///
/// - Throws: `ModelError.notInHub`, `.unreadable`.
func locatedWriter(_ path: String) throws -> String {
  let isBare = fileKind(path) == nil && path.hasPrefix("t5-") && !path.contains("/")
  let place = try located(isBare ? "google-t5/\(path)" : path)
  _ = try existingKind(place)
  return place
}
