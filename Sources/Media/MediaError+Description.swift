extension MediaError: CustomStringConvertible {
  /// One sentence with both sides of the disagreement, and what to do about it.
  package var description: String {
    switch self {
    case .cannotRead(let path, let reason):
      "cannot read \(path): \(reason)"
    case .cannotWrite(let path, let reason):
      "cannot write \(path): \(reason)"
    case .unknownContent(let path, let expected, let found):
      "\(path) is \(found ?? "not a file of a known kind"); expected \(expected)"
    case .unknownExtension(let path, let expected):
      "the name \(path) does not say which format to write; end it in \(expected)"
    case .damaged(let path, let reason):
      "\(path) is damaged or incomplete: \(reason)"
    case .unsupported(let path, let what):
      "\(path) is \(what), which is not read here; save it as another kind, such as an ordinary PNG"
    case .tooLarge(let path, let width, let height, let limit):
      "\(path) declares \(width)×\(height) pixels, more than the limit of \(limit)"
    case .oddSize(let width, let height):
      "a video of \(width)×\(height) pixels cannot be written as yuv420p H.264: both sides must be even; "
        + "choose \(width + width % 2)×\(height + height % 2)"
    case .wrongSize(let what, let expected, let found):
      "\(what) is \(found), expected \(expected)"
    case .missingCodec(let name):
      "this machine's FFmpeg has no codec \(name); on Debian, install libavcodec59 (apt-get install libavcodec-dev)"
    case .codec(let operation, let path, let code, let reason):
      "\(operation) failed for \(path): \(reason) (FFmpeg code \(code))"
    case .noFrames(let path):
      "\(path) was not written: the video has no frames; write at least one before finishing"
    case .writerClosed(let path):
      "a frame for \(path) came after the video was finished, cancelled or had failed"
    case .badFrameRate(let text):
      "\"\(text)\" is not a frame rate; expected a number above 0 up to 1000 such as 8, 29.97 or 30000/1001"
    case .notANumber(let x, let y, let channel):
      "the value of channel \(channel) at column \(x), row \(y) is not a number; the model's output is broken"
    }
  }
}
