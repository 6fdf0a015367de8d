/// A judge of pictures and clips: told by its files, loaded when something has to be scored.
package protocol FrameJudge: Sendable {
  /// The files that its scores depend on: kept scores are known by their names and content.
  var files: [String] { get }

  /// The scores it can give, in the order of tables.
  func names(isClip: Bool) -> [ScoreName]

  /// Reads its networks.
  ///
  /// - Throws: errors in the files.
  func load() throws -> ScoreSource.Function
}
