import Foundation

/// In files a space is one JSON object; its probe is little-endian float16 in base64, 8 KB for a width of 768.
extension TextSpace: Codable {
  private enum CodingKeys: String, CodingKey {
    case name, width, rows, depth, skipped
    case isNormed = "normed"
    case probe
  }

  /// Reads what `encode` wrote; anything else throws.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    func malformed(_ key: CodingKeys, _ reason: String) -> DecodingError {
      .dataCorruptedError(forKey: key, in: fields, debugDescription: reason)
    }
    func count(_ key: CodingKeys, from least: Int) throws -> Int {
      let value = try fields.decode(Int.self, forKey: key)
      guard (least...65536).contains(value) else { throw malformed(key, "\(value) is not from \(least) to 65536") }
      return value
    }
    let width = try count(.width, from: 1)
    guard let bytes = Data(base64Encoded: try fields.decode(String.self, forKey: .probe)) else {
      throw malformed(.probe, "it is not base64")
    }
    guard bytes.count == 2 * width * Self.probeRows else {
      throw malformed(.probe, "it has \(bytes.count) bytes, not \(2 * width * Self.probeRows)")
    }
    let halves = bytes.withUnsafeBytes { raw in
      stride(from: 0, to: raw.count, by: 2).map {
        Float(Float16(bitPattern: UInt16(littleEndian: raw.loadUnaligned(fromByteOffset: $0, as: UInt16.self))))
      }
    }
    guard halves.allSatisfy(\.isFinite) else { throw malformed(.probe, "it holds NaN or infinity") }
    self.init(
      name: try fields.decode(String.self, forKey: .name), width: width, rows: try count(.rows, from: 1),
      depth: try count(.depth, from: 0), skipped: try count(.skipped, from: 0),
      isNormed: try fields.decode(Bool.self, forKey: .isNormed), probe: halves)
  }

  /// Writes the object.
  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(name, forKey: .name)
    try fields.encode(width, forKey: .width)
    try fields.encode(rows, forKey: .rows)
    try fields.encode(depth, forKey: .depth)
    try fields.encode(skipped, forKey: .skipped)
    try fields.encode(isNormed, forKey: .isNormed)
    var bytes = Data(capacity: 2 * probe.count)
    for value in probe {
      withUnsafeBytes(of: Float16(value).bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }
    try fields.encode(bytes.base64EncodedString(), forKey: .probe)
  }
}
