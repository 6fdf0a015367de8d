import NegativeSpaceCZlib

/// Unpacks zlib's data (RFC 1950), as compressed PNG texts have it: untrusted, so in bounded memory.
enum Inflate {
  /// The unpacked bytes, or nil where they are damaged or more than `limit`; `spent` is how many were unpacked, in vain
  /// too.
  static func zlib(_ bytes: ArraySlice<UInt8>, limit: Int, spent: inout Int) -> [UInt8]? {
    var count = 0
    defer { spent += count }
    return bytes.withUnsafeBufferPointer { packed in
      var stream = z_stream()
      // zlib reads what is there and writes nothing.
      stream.next_in = UnsafeMutablePointer(mutating: packed.baseAddress)
      stream.avail_in = uInt(clamping: packed.count)
      // One address for all calls: zlib compares it.
      return withUnsafeMutablePointer(to: &stream) { stream in
        guard inflateInit_(stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
        defer { inflateEnd(stream) }
        return unpacked(stream, limit: limit, count: &count)
      }
    }
  }

  private static func unpacked(_ stream: UnsafeMutablePointer<z_stream>, limit: Int, count: inout Int) -> [UInt8]? {
    var output: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 14)
    while true {
      let status = piece.withUnsafeMutableBufferPointer { piece in
        stream.pointee.next_out = piece.baseAddress
        stream.pointee.avail_out = uInt(piece.count)
        return inflate(stream, Z_NO_FLUSH)
      }
      output += piece.dropLast(Int(stream.pointee.avail_out))
      count = output.count
      if output.count > limit { return nil }
      if status == Z_STREAM_END { return output }
      guard status == Z_OK else { return nil }
    }
  }
}
