/// Kinds of blocks in which ggml stores numbers of few bits with scales in common (ggml-common.h).
enum BlockType: String, Sendable, Hashable, CaseIterable {
  case q4_0 = "Q4_0"
  case q4_1 = "Q4_1"
  case q5_0 = "Q5_0"
  case q5_1 = "Q5_1"
  case q8_0 = "Q8_0"
  case q2K = "Q2_K"
  case q3K = "Q3_K"
  case q4K = "Q4_K"
  case q5K = "Q5_K"
  case q6K = "Q6_K"

  /// ggml's number for it.
  var number: UInt32 {
    switch self {
    case .q4_0: 2
    case .q4_1: 3
    case .q5_0: 6
    case .q5_1: 7
    case .q8_0: 8
    case .q2K: 10
    case .q3K: 11
    case .q4K: 12
    case .q5K: 13
    case .q6K: 14
    }
  }

  /// Elements of a block.
  var count: Int {
    switch self {
    case .q4_0, .q4_1, .q5_0, .q5_1, .q8_0: 32
    case .q2K, .q3K, .q4K, .q5K, .q6K: BlockType.largest
    }
  }

  /// Elements of the largest blocks.
  static let largest = 256

  /// Bytes of a block.
  var byteCount: Int {
    switch self {
    case .q4_0: 18
    case .q4_1: 20
    case .q5_0: 22
    case .q5_1: 24
    case .q8_0: 34
    case .q2K: 84
    case .q3K: 110
    case .q4K: 144
    case .q5K: 176
    case .q6K: 210
    }
  }

  /// Writes the elements of the block at `block`, which has `byteCount` bytes there, to `target`.
  ///
  /// The operations and their order are those of ggml's `dequantize_row_…` (ggml-quants.c), so that no bit differs.
  func decode(_ block: UnsafeRawPointer, to target: UnsafeMutablePointer<Float>) {
    let block = StoredBlock(block)
    switch self {
    case .q4_0: block.nibbles(at: 2, scale: block.half(0), to: target) { $0 - 8 }
    case .q4_1: block.nibbles(at: 4, scale: block.half(0), offset: block.half(2), to: target)
    case .q5_0: block.fiveBits(at: 6, high: 2, scale: block.half(0), to: target) { $0 - 16 }
    case .q5_1: block.fiveBits(at: 8, high: 4, scale: block.half(0), offset: block.half(2), to: target)
    case .q8_0:
      let scale = block.half(0)
      for index in 0..<32 { target[index] = Float(block.signed(2 + index)) * scale }
    case .q2K: block.twoBitGroups(to: target)
    case .q3K: block.threeBitGroups(to: target)
    case .q4K: block.fourBitGroups(to: target)
    case .q5K: block.fiveBitGroups(to: target)
    case .q6K: block.sixBitGroups(to: target)
    }
  }
}
