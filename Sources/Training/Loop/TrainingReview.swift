import Foundation
import NegativeSpaceConfiguration
import NegativeSpaceFiles

/// The last step whose results were looked at, kept beside the checkpoint: what a run that ended before that makes up
/// for.
struct TrainingReview: Equatable {
  var validated = 0
  var sampled = 0

  static func path(in folder: String) -> String { folder + "/review.json" }

  /// What is known of a folder whose checkpoint is of step `last`; what was looked at later is looked at again.
  init(folder: String, upTo last: Int) throws {
    guard FileManager.default.fileExists(atPath: Self.path(in: folder)) else { return }
    let fields = try ConfigFile(path: Self.path(in: folder)).fields
    if case .integer(let step) = fields["validated"], step <= last { validated = step }
    if case .integer(let step) = fields["sampled"], step <= last { sampled = step }
  }

  func save(in folder: String) throws {
    let text = JSONValue.object(["validated": .integer(validated), "sampled": .integer(sampled)]).text(indent: 2)
    try OutputFile.write(text + "\n", to: Self.path(in: folder))
  }
}
