import NegativeSpaceCSnappy
import NegativeSpaceCZlib
import NegativeSpaceCZstd

extension ParquetMetadata.Codec {
  /// The unpacked bytes of a page, which must be exactly as many as it says.
  ///
  /// - Throws: `ParquetPages.Failure.damaged`.
  func unpacked(_ packed: ArraySlice<UInt8>, count: Int) throws -> [UInt8] {
    guard self != .none else {
      guard packed.count == count else { throw wrongSize(packed.count, count) }
      return Array(packed)
    }
    guard count > 0 else { return [] }
    // Of what unpacks to so much more there is none but on purpose.
    guard count / 20_000 <= packed.count else {
      throw ParquetPages.Failure.damaged("a page of \(packed.count) bytes claims to hold \(count)")
    }
    var made = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      made = packed.withUnsafeBufferPointer { unpack($0, into: buffer) }
      initialized = made == count ? count : 0
    }
    guard made == count else { throw wrongSize(made, count) }
    return bytes
  }

  private func wrongSize(_ found: Int, _ expected: Int) -> ParquetPages.Failure {
    .damaged(found < 0 ? "a page cannot be unpacked" : "a page has \(found) bytes, not \(expected)")
  }

  /// - Returns: bytes written; negative where it fails.
  private func unpack(_ packed: UnsafeBufferPointer<UInt8>, into target: UnsafeMutableBufferPointer<UInt8>) -> Int {
    switch self {
    case .none: return -1
    case .snappy:
      let source = UnsafeRawBufferPointer(packed).bindMemory(to: CChar.self).baseAddress
      let out = UnsafeMutableRawBufferPointer(target).bindMemory(to: CChar.self).baseAddress
      var length = 0
      guard snappy_uncompressed_length(source, packed.count, &length) == SNAPPY_OK, length == target.count else {
        return -1
      }
      return snappy_uncompress(source, packed.count, out, &length) == SNAPPY_OK ? length : -1
    case .gzip:
      var stream = z_stream()
      stream.next_in = UnsafeMutablePointer(mutating: packed.baseAddress)
      stream.avail_in = uInt(clamping: packed.count)
      stream.next_out = target.baseAddress
      stream.avail_out = uInt(clamping: target.count)
      return withUnsafeMutablePointer(to: &stream) { stream in
        // Headers of gzip and of zlib, by what is there.
        guard inflateInit2_(stream, 15 + 32, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
          return -1
        }
        defer { inflateEnd(stream) }
        return inflate(stream, Z_FINISH) == Z_STREAM_END ? Int(stream.pointee.total_out) : -1
      }
    case .zstd:
      let written = ZSTD_decompress(target.baseAddress, target.count, packed.baseAddress, packed.count)
      return ZSTD_isError(written) == 0 ? written : -1
    }
  }
}
