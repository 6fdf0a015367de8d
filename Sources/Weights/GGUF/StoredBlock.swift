/// The bytes of one block, and the ways in which ggml lays numbers into them.
struct StoredBlock {
  private let bytes: UnsafeRawPointer

  init(_ bytes: UnsafeRawPointer) { self.bytes = bytes }

  @inline(__always)
  func byte(_ place: Int) -> UInt8 { bytes.load(fromByteOffset: place, as: UInt8.self) }

  @inline(__always)
  func signed(_ place: Int) -> Int8 { bytes.load(fromByteOffset: place, as: Int8.self) }

  /// A scale, which is a float16.
  @inline(__always)
  func half(_ place: Int) -> Float {
    Float(
      bitPattern: float32Bits(half: UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt16.self))))
  }

  // MARK: 32 elements with one scale

  /// 4 bits each, the first half of the elements in the lower ones: scale × (number − 8).
  func nibbles(at place: Int, scale: Float, to target: UnsafeMutablePointer<Float>, _ number: (Int) -> Int) {
    for index in 0..<16 {
      let byte = Int(byte(place + index))
      target[index] = Float(number(byte & 0xF)) * scale
      target[index + 16] = Float(number(byte >> 4)) * scale
    }
  }

  /// 4 bits each, above an offset: scale × number + offset.
  func nibbles(at place: Int, scale: Float, offset: Float, to target: UnsafeMutablePointer<Float>) {
    nibbles(at: place, scale: scale, to: target) { $0 }
    for index in 0..<32 { target[index] += offset }
  }

  /// 5 bits each, whose highest lie in 4 bytes of their own.
  func fiveBits(at place: Int, high: Int, scale: Float, to target: UnsafeMutablePointer<Float>, _ number: (Int) -> Int)
  {
    let highs = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: high, as: UInt32.self))
    for index in 0..<16 {
      let byte = Int(byte(place + index))
      target[index] = Float(number(byte & 0xF | Int(highs >> index & 1) << 4)) * scale
      target[index + 16] = Float(number(byte >> 4 | Int(highs >> (index + 16) & 1) << 4)) * scale
    }
  }

  /// 5 bits each, above an offset.
  func fiveBits(at place: Int, high: Int, scale: Float, offset: Float, to target: UnsafeMutablePointer<Float>) {
    fiveBits(at: place, high: high, scale: scale, to: target) { $0 }
    for index in 0..<32 { target[index] += offset }
  }
}
