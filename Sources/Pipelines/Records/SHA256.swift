import Foundation
import NegativeSpaceCFFmpeg
import NegativeSpaceFiles
import NegativeSpaceWeights

/// The secure hash algorithm with 256 bits (FIPS 180-4), fed piece by piece: libavutil's.
package struct SHA256: Sendable {
  /// libavutil's state, which is plain bytes: a copy of them goes its own way.
  private var state = [UInt64](repeating: 0, count: (Int(av_sha_size) + 7) / 8)

  package init() { withState { _ = av_sha_init($0, 256) } }

  package mutating func update(_ bytes: some Sequence<UInt8>) {
    let isFed: Void? = bytes.withContiguousStorageIfAvailable { bytes in
      withState { av_sha_update($0, bytes.baseAddress, bytes.count) }
    }
    if isFed == nil { update(Array(bytes)) }
  }

  /// The digest of everything so far, as 64 hexadecimal digits.
  package var hexadecimal: String {
    var copy = self
    var digest = [UInt8](repeating: 0, count: 32)
    copy.withState { av_sha_final($0, &digest) }
    return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  package static func hexadecimal(of bytes: some Sequence<UInt8>) -> String {
    var hash = SHA256()
    hash.update(bytes)
    return hash.hexadecimal
  }

  /// The digest of a whole file.
  ///
  /// - Throws: `ModelError.unreadable`.
  package static func hexadecimal(ofFile path: String) throws -> String {
    _ = try existingKind(path)
    if let reason = specialFile(path) { throw ModelError.unreadable(path: path, reason: reason) }
    do {
      let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? file.close() }
      var hash = SHA256()
      while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty { hash.update(piece) }
      return hash.hexadecimal
    } catch {
      throw ModelError.unreadable(path: path, reason: systemReason(error))
    }
  }

  private mutating func withState(_ use: (OpaquePointer) -> Void) {
    state.withUnsafeMutableBytes { if let base = $0.baseAddress { use(OpaquePointer(base)) } }
  }
}
