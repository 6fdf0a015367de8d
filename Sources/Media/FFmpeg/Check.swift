import NegativeSpaceCFFmpeg

/// Passes on the result of a C call, or throws its error code with FFmpeg's own words.
@discardableResult
func check(_ code: Int32, _ operation: String, _ path: String) throws -> Int32 {
  guard code < 0 else { return code }
  throw MediaError.codec(operation: operation, path: path, code: code, reason: reason(of: code))
}

/// Unwraps what a C call has allocated, or throws that there was no memory.
func check<Value>(_ value: Value?, _ operation: String, _ path: String) throws -> Value {
  guard let value else {
    throw MediaError.codec(operation: operation, path: path, code: -12, reason: "out of memory")
  }
  return value
}

/// FFmpeg's words for an error code, and the last line of its log if there is one.
func reason(of code: Int32) -> String {
  let text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer -> String in
    guard let start = buffer.baseAddress else { return "unknown error" }
    av_strerror(code, start, buffer.count)
    return String(cString: start)
  }
  guard let detail = FFmpegLog.takeLastError(), detail != text else { return text }
  return "\(text): \(detail)"
}
