import NegativeSpaceFiles

#if canImport(Glibc)
  import Glibc
#endif

/// Whole files as bytes.
enum FileBytes {
  /// Picture files beyond this are not read.
  static let limit = 1 << 29

  /// The file's bytes, at most `limit` of them.
  /// - Throws: `MediaError.cannotRead`.
  static func read(_ path: String, limit: Int = limit) throws -> [UInt8] {
    guard let file = fopen(path, "rb") else { throw MediaError.cannotRead(path: path, reason: systemReason()) }
    defer { fclose(file) }
    let tooLong = MediaError.cannotRead(path: path, reason: "it is longer than \(limit) bytes, the most that is read")
    var status = stat()
    if fstat(fileno(file), &status) == 0, status.st_size > limit { throw tooLong }
    var bytes: [UInt8] = []
    while bytes.count <= limit {
      let piece = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
        count = fread(buffer.baseAddress, 1, buffer.count, file)
      }
      if piece.isEmpty {
        guard ferror(file) == 0 else { throw MediaError.cannotRead(path: path, reason: systemReason()) }
        return bytes
      }
      bytes += piece
    }
    // A pipe does not say how much will come.
    throw tooLong
  }

  /// The file's first bytes, fewer where it is shorter.
  /// - Throws: `MediaError.cannotRead`.
  static func start(of path: String, count: Int) throws -> [UInt8] {
    guard let file = fopen(path, "rb") else { throw MediaError.cannotRead(path: path, reason: systemReason()) }
    defer { fclose(file) }
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, read in
      read = fread(buffer.baseAddress, 1, count, file)
    }
    guard ferror(file) == 0 else { throw MediaError.cannotRead(path: path, reason: systemReason()) }
    return bytes
  }

  /// Writes a file whole or not at all, or into a device.
  /// - Throws: `MediaError.cannotWrite`.
  static func write(_ bytes: [UInt8], to path: String) throws {
    do { try OutputFile.write(bytes, to: path) } catch FileError.unwritable(_, let reason) {
      throw MediaError.cannotWrite(path: path, reason: reason)
    }
  }
}
