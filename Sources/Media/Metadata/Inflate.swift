/// Unpacks DEFLATE data (RFC 1951) in its zlib envelope (RFC 1950), as compressed PNG texts have it.
///
/// For a few kilobytes of untrusted text: bounded, plain, bit by bit (the canonical decoding of zlib's `puff.c`).
struct Inflate {
  private var bytes: ArraySlice<UInt8>
  private var bits = 0
  private var bitCount = 0
  private var output: [UInt8] = []
  private let limit: Int

  /// The unpacked bytes, or nil where they are damaged or more than `limit`.
  static func zlib(_ bytes: ArraySlice<UInt8>, limit: Int) -> [UInt8]? {
    guard let method = bytes.first, let flags = bytes.dropFirst().first, method & 15 == 8, flags & 32 == 0,
      (Int(method) << 8 | Int(flags)) % 31 == 0
    else { return nil }
    var inflate = Inflate(bytes: bytes.dropFirst(2), limit: limit)
    guard inflate.run(), inflate.checksumAgrees() else { return nil }
    return inflate.output
  }

  private init(bytes: ArraySlice<UInt8>, limit: Int) {
    self.bytes = bytes
    self.limit = limit
  }

  private mutating func run() -> Bool {
    while true {
      guard let isLast = take(1), let kind = take(2) else { return false }
      let isGood: Bool
      switch kind {
      case 0: isGood = copyStored()
      case 1: isGood = decodeFixed()
      case 2:
        guard let (lengths, distances) = readCodes() else { return false }
        isGood = decode(lengths, distances)
      default: isGood = false
      }
      guard isGood else { return false }
      if isLast == 1 { return true }
    }
  }

  /// The next `count` bits, the first one lowest.
  private mutating func take(_ count: Int) -> Int? {
    while bitCount < count {
      guard let byte = bytes.popFirst() else { return nil }
      bits |= Int(byte) << bitCount
      bitCount += 8
    }
    defer {
      bits >>= count
      bitCount -= count
    }
    return bits & (1 << count - 1)
  }

  private mutating func symbol(_ code: HuffmanCode) -> Int? {
    var value = 0, first = 0, index = 0
    for length in 1..<code.counts.count {
      guard let bit = take(1) else { return nil }
      value |= bit
      let count = code.counts[length]
      if value - count < first { return code.symbols[index + value - first] }
      index += count
      first = (first + count) << 1
      value <<= 1
    }
    return nil
  }

  /// RFC 1951, 3.2.4.
  private mutating func copyStored() -> Bool {
    bits = 0
    bitCount = 0
    guard let length = take(16), let complement = take(16), length == ~complement & 0xFFFF,
      length <= bytes.count, output.count + length <= limit
    else { return false }
    output += bytes.prefix(length)
    bytes = bytes.dropFirst(length)
    return true
  }

  /// RFC 1951, 3.2.5: literals, and copies of what came before.
  private mutating func decode(_ lengths: HuffmanCode, _ distances: HuffmanCode) -> Bool {
    while let symbol = symbol(lengths) {
      if symbol == 256 { return true }
      if symbol < 256 {
        guard output.count < limit else { return false }
        output.append(UInt8(symbol))
        continue
      }
      guard symbol - 257 < Self.lengthBases.count, let extra = take(Self.lengthBits[symbol - 257]),
        let place = self.symbol(distances), place < Self.distanceBases.count,
        let farther = take(Self.distanceBits[place])
      else { return false }
      let length = Self.lengthBases[symbol - 257] + extra
      let distance = Self.distanceBases[place] + farther
      guard distance <= output.count, output.count + length <= limit else { return false }
      for _ in 0..<length { output.append(output[output.count - distance]) }
    }
    return false
  }

  private mutating func decodeFixed() -> Bool {
    guard let lengths = HuffmanCode.fixedLengths, let distances = HuffmanCode.fixedDistances else { return false }
    return decode(lengths, distances)
  }

  /// RFC 1951, 3.2.7: the two codes of a block, themselves coded.
  private mutating func readCodes() -> (HuffmanCode, HuffmanCode)? {
    guard let literals = take(5), let distances = take(5), let codes = take(4) else { return nil }
    var lengths = [Int](repeating: 0, count: 19)
    for place in Self.codeOrder.prefix(codes + 4) {
      guard let length = take(3) else { return nil }
      lengths[place] = length
    }
    guard let code = HuffmanCode(lengths[...]) else { return nil }
    let total = literals + 257 + distances + 1
    lengths = []
    while lengths.count < total {
      guard let symbol = symbol(code) else { return nil }
      switch symbol {
      case 0..<16: lengths.append(symbol)
      case 16:
        guard let previous = lengths.last, let count = take(2) else { return nil }
        lengths += repeatElement(previous, count: count + 3)
      default:
        guard let count = take(symbol == 17 ? 3 : 7) else { return nil }
        lengths += repeatElement(0, count: count + (symbol == 17 ? 3 : 11))
      }
    }
    guard lengths.count == total, let first = HuffmanCode(lengths[..<(literals + 257)]),
      let second = HuffmanCode(lengths[(literals + 257)...])
    else { return nil }
    return (first, second)
  }

  /// RFC 1950: Adler-32 of the unpacked bytes.
  private mutating func checksumAgrees() -> Bool {
    bits = 0
    bitCount = 0
    let stored = bytes.prefix(4)
    guard stored.count == 4 else { return false }
    var low = 1, high = 0
    for byte in output {
      low = (low + Int(byte)) % 65521
      high = (high + low) % 65521
    }
    return stored.reduce(0) { $0 << 8 | Int($1) } == high << 16 | low
  }

  private static let codeOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
  private static let lengthBases = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
  ]
  private static let lengthBits = [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
  ]
  private static let distanceBases = [
    1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
    8193, 12289, 16385, 24577,
  ]
  private static let distanceBits = [
    0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
  ]
}

/// A canonical Huffman code: how many symbols have each length, and the symbols in order.
struct HuffmanCode {
  fileprivate let counts: [Int]
  fileprivate let symbols: [Int]

  /// Nil where the lengths ask for more codes than there are.
  init?(_ lengths: some RandomAccessCollection<Int>) {
    let lengths = Array(lengths)
    var counts = [Int](repeating: 0, count: 16)
    for length in lengths { counts[length] += 1 }
    counts[0] = 0
    var free = 1
    for length in 1..<16 {
      free = free << 1 - counts[length]
      if free < 0 { return nil }
    }
    self.counts = counts
    symbols = lengths.indices.filter { lengths[$0] > 0 }
      .sorted { (lengths[$0], $0) < (lengths[$1], $1) }
  }

  /// RFC 1951, 3.2.6.
  fileprivate static let fixedLengths = HuffmanCode(
    [Int](repeating: 8, count: 144) + [Int](repeating: 9, count: 112) + [Int](repeating: 7, count: 24)
      + [Int](repeating: 8, count: 8))
  fileprivate static let fixedDistances = HuffmanCode([Int](repeating: 5, count: 30))
}
