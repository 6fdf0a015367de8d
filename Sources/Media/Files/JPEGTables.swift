import NegativeSpaceCFFmpeg

/// The quantisation tables of the JPEG standard (ITU-T T.81, Annex K), scaled by quality as libjpeg does.
enum JPEGTables {
  /// FFmpeg multiplies a table by the quantiser and divides by 8: with this one it is used as it stands.
  static let neutralQuantiser: Int32 = 8

  /// Table K.1, row by row.
  static let luma: [Int] = [
    16, 11, 10, 16, 24, 40, 51, 61,
    12, 12, 14, 19, 26, 58, 60, 55,
    14, 13, 16, 24, 40, 57, 69, 56,
    14, 17, 22, 29, 51, 87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77,
    24, 35, 55, 64, 81, 104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101,
    72, 92, 95, 98, 112, 100, 103, 99,
  ]

  /// Table K.2, row by row.
  static let chroma: [Int] = [
    17, 18, 24, 47, 99, 99, 99, 99,
    18, 21, 26, 66, 99, 99, 99, 99,
    24, 26, 56, 99, 99, 99, 99, 99,
    47, 66, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99,
  ]

  /// A table for a quality of 1…100, in memory that FFmpeg may free.
  static func allocate(_ table: [Int], quality: Int) -> UnsafeMutablePointer<UInt16>? {
    let scale = quality < 50 ? 5000 / quality : 200 - quality * 2
    guard let memory = av_malloc(64 * MemoryLayout<UInt16>.stride) else { return nil }
    let entries = memory.bindMemory(to: UInt16.self, capacity: 64)
    for (index, entry) in table.enumerated() {
      entries[index] = UInt16(max(1, min(255, (entry * scale + 50) / 100)))
    }
    return entries
  }
}
