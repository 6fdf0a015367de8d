/// An error between pictures, videos and files.
///
/// Each case carries the facts; the words are in `MediaError+Description.swift`.
package enum MediaError: Error, Equatable {
  /// The file could not be opened or read; `reason` is the system's.
  case cannotRead(path: String, reason: String)
  /// The output could not be created, written or moved into place; `reason` is the system's or the encoder's.
  case cannotWrite(path: String, reason: String)
  /// The content begins like none of the formats that are read here.
  case unknownContent(path: String, expected: String, found: String? = nil)
  /// The name ends in none of the formats that are written here.
  case unknownExtension(path: String, expected: String)
  /// The file says what it is but does not keep to it.
  case damaged(path: String, reason: String)
  /// The file is whole, but of a kind within its format that is not read here.
  case unsupported(path: String, what: String)
  /// The declared size is beyond what is read, or beyond what a file of this length can hold.
  case tooLarge(path: String, width: Int, height: Int, limit: String)
  /// H.264 with halved colour planes needs even sides.
  case oddSize(width: Int, height: Int)
  /// A picture, or a row of numbers, has another size than the one it must have.
  case wrongSize(what: String, expected: String, found: String)
  /// The local FFmpeg was built without a codec that is needed.
  case missingCodec(name: String)
  /// A C call failed; `operation` says what was being done.
  case codec(operation: String, path: String, code: Int32, reason: String)
  /// A video was finished before its first frame.
  case noFrames(path: String)
  /// A frame arrived after `finish()`, `cancel()` or an error.
  case writerClosed(path: String)
  /// Not a frame rate.
  case badFrameRate(String)
  /// A value to be shown as a colour is not a number.
  case notANumber(x: Int, y: Int, channel: Int)
}
