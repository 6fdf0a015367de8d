import NegativeSpaceFiles

/// A hidden file beside an output that FFmpeg is writing; deleted unless it is moved into place.
final class TemporaryFile {
  private let file: OutputFile
  /// The output as the user named it.
  private let requested: String

  /// Where to write.
  var path: String { file.path }

  /// Creates the empty file in the output's folder.
  /// - Throws: `MediaError.cannotWrite` where the folder is missing or forbidden, or the output is not a plain file.
  init(for output: String) throws {
    requested = output
    do { file = try OutputFile(for: output) } catch FileError.unwritable(_, let reason) {
      throw MediaError.cannotWrite(path: output, reason: reason)
    }
    // An MP4 file is written back and forth, which no device or pipe bears.
    guard !file.isDirect else { throw MediaError.cannotWrite(path: output, reason: "it is not a plain file") }
  }

  /// Gives the finished file its name, replacing what had it.
  /// - Throws: `MediaError.cannotWrite`.
  func moveIntoPlace() throws {
    do { try file.finish() } catch FileError.unwritable(_, let reason) {
      throw MediaError.cannotWrite(path: requested, reason: reason)
    }
  }

  /// Deletes the file now; nothing happens when it has been moved or deleted.
  func discard() { file.discard() }
}
