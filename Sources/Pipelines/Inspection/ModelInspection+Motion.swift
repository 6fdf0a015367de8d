import Networks
import Weights

extension ModelInspection {
  /// Looks at motion modules on their own.
  ///
  /// - Throws: what is wrong with the files as a whole.
  init(_ adapter: MotionAdapterFiles) throws {
    let name = "MotionAdapter"
    var part = Part(name: "motion_adapter", className: name)
    do {
      try PartInspection(part: adapter.part, className: name).complete(&part)
    } catch {
      part.problems.append("\(error)")
    }
    let configuration = adapter.configuration
    self.init(
      path: adapter.path, layout: try existingKind(adapter.path) == .folder ? .folder : .file, className: name,
      hash: try adapter.hash(with: ""), parts: [part],
      notes: [
        "For a picture model with \(configuration.blockOutChannels) channels, up to \(configuration.maxSeqLength) frames, "
          + "\(configuration.useMidBlock ? "with" : "without") a module in the middle. Use it with --motion-adapter."
      ])
  }
}
