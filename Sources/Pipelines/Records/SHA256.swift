import Foundation
import NegativeSpaceWeights

/// The secure hash algorithm with 256 bits (FIPS 180-4), fed piece by piece.
package struct SHA256: Sendable {
  private var state: [UInt32] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]
  /// Bytes that do not fill a block yet.
  private var rest: [UInt8] = []
  private var length: UInt64 = 0

  package init() {}

  package mutating func update(_ bytes: some Sequence<UInt8>) {
    let all = rest + bytes
    length += UInt64(all.count - rest.count)
    let whole = all.count / 64 * 64
    all.withUnsafeBufferPointer { buffer in
      for start in stride(from: 0, to: whole, by: 64) {
        compress(UnsafeBufferPointer(rebasing: buffer[start..<start + 64]))
      }
    }
    rest = Array(all[whole...])
  }

  /// The digest of everything so far, as 64 hexadecimal digits.
  package var hexadecimal: String {
    var copy = self
    let bits = length &* 8
    let zeros = (119 - rest.count) % 64
    copy.update(
      [0x80] + Array(repeating: 0, count: zeros) + (0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * $0)) })
    return copy.state.map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
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

  private mutating func compress(_ block: UnsafeBufferPointer<UInt8>) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { w in
      for i in 0..<16 {
        w[i] =
          UInt32(block[4 * i]) << 24 | UInt32(block[4 * i + 1]) << 16 | UInt32(block[4 * i + 2]) << 8
          | UInt32(block[4 * i + 3])
      }
      for i in 16..<64 {
        let (x, y) = (w[i - 15], w[i - 2])
        let small0 = rotated(x, 7) ^ rotated(x, 18) ^ (x >> 3)
        let small1 = rotated(y, 17) ^ rotated(y, 19) ^ (y >> 10)
        w[i] = w[i - 16] &+ small0 &+ w[i - 7] &+ small1
      }
      var (a, b, c, d) = (state[0], state[1], state[2], state[3])
      var (e, f, g, h) = (state[4], state[5], state[6], state[7])
      for i in 0..<64 {
        let large1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
        let choice = (e & f) ^ (~e & g)
        let first = h &+ large1 &+ choice &+ roundConstants[i] &+ w[i]
        let large0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)
        let majority = (a & b) ^ (a & c) ^ (b & c)
        (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ large0 &+ majority)
      }
      for (i, value) in [a, b, c, d, e, f, g, h].enumerated() { state[i] &+= value }
    }
  }
}

@inline(__always)
private func rotated(_ x: UInt32, _ count: UInt32) -> UInt32 { x &>> count | x &<< (32 - count) }

/// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
private let roundConstants: [UInt32] = [
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]
