import NegativeSpaceKernels

/// Reads elements from bytes that need not be aligned.
struct ElementReader: @unchecked Sendable {
  private let bytes: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// Writes `transform` of every element to `target`, on all cores.
  ///
  /// Plain loops over bits: the compiler vectorises them.
  @inline(__always)
  func convert<Element: BitwiseCopyable, Result: BitwiseCopyable>(
    _ type: Element.Type, to target: UnsafeMutableRawPointer, _ transform: @escaping @Sendable (Element) -> Result
  ) {
    guard let base = bytes.baseAddress else { return }
    let places = Places(source: base, target: target.assumingMemoryBound(to: Result.self))
    parallel(bytes.count / MemoryLayout<Element>.size, grain: 1 << 16) { range in
      for index in range {
        let element = places.source.loadUnaligned(
          fromByteOffset: index &* MemoryLayout<Element>.size, as: Element.self)
        places.target[index] = transform(element)
      }
    }
  }

  /// `transform` of every element.
  func elements<Element: BitwiseCopyable, Result>(
    _ type: Element.Type, _ transform: (Element) -> Result
  ) -> [Result] {
    stride(from: 0, to: bytes.count, by: MemoryLayout<Element>.size).map {
      transform(bytes.loadUnaligned(fromByteOffset: $0, as: Element.self))
    }
  }

  /// Pointers that the parts of a parallel loop share; they write disjoint ranges.
  private struct Places<Result>: @unchecked Sendable {
    let source: UnsafeRawPointer
    let target: UnsafeMutablePointer<Result>
  }
}

/// The upper half of a float32, rounded to nearest even; NaN stays NaN.
@inline(__always)
func roundedToBFloat16(_ bits: UInt32) -> UInt16 {
  let rounded = bits &+ 0x7FFF &+ (bits &>> 16 & 1)
  return UInt16(truncatingIfNeeded: (bits & 0x7FFF_FFFF > 0x7F80_0000 ? bits | 0x0040_0000 : rounded) &>> 16)
}

/// The float16 nearest to a float32, ties to even; infinite from 65,520 on.
@inline(__always)
func roundedToFloat16(_ bits: UInt32) -> UInt16 {
  let sign = UInt16(truncatingIfNeeded: bits &>> 16) & 0x8000
  let magnitude = bits & 0x7FFF_FFFF
  if magnitude > 0x7F80_0000 { return sign | 0x7E00 }
  if magnitude >= 0x477F_F000 { return sign | 0x7C00 }
  if magnitude < 0x3880_0000 {
    // Below 2⁻¹⁴ the steps are 2⁻²⁴, as those of float32 are at one half: the addition rounds.
    let half = Float(bitPattern: 0x3F00_0000)
    return sign | UInt16(truncatingIfNeeded: (Float(bitPattern: magnitude) + half).bitPattern &- half.bitPattern)
  }
  let rounded = magnitude &+ 0x0FFF &+ (magnitude &>> 13 & 1)
  return sign | UInt16(truncatingIfNeeded: (rounded &- (112 &<< 23)) &>> 13)
}

/// The float32 with the value of a float16, exactly; without branches.
@inline(__always)
func float32Bits(half: UInt16) -> UInt32 {
  let bits = UInt32(half)
  let sign = (bits & 0x8000) &<< 16
  let exponent = bits & 0x7C00
  let shifted = (bits & 0x7FFF) &<< 13
  let normal = shifted &+ (112 &<< 23)
  let infinite = shifted | 0x7F80_0000
  // A subnormal half is its mantissa times 2⁻²⁴: placed behind a leading one and that one subtracted.
  let subnormal = (Float(bitPattern: shifted &+ (113 &<< 23)) - Float(bitPattern: 113 &<< 23)).bitPattern
  return sign | (exponent == 0x7C00 ? infinite : exponent == 0 ? subnormal : normal)
}

/// The float32 with the value of a float8 of 4 bits of exponent and 3 of mantissa, whose largest pattern is NaN.
@inline(__always)
func float32Bits(e4m3 byte: UInt8) -> UInt32 {
  byte & 0x7F == 0x7F ? 0x7FC0_0000 : float32Bits(byte: byte, mantissa: 3, bias: 7)
}

/// The float32 with the value of a float8 that has neither infinity nor negative zero, in whose place NaN stands.
@inline(__always)
func float32Bits(fnuz byte: UInt8, mantissa: UInt32) -> UInt32 {
  byte == 0x80 ? 0x7FC0_0000 : float32Bits(byte: byte, mantissa: mantissa, bias: 1 &<< (6 &- mantissa))
}

/// A sign, `7 - mantissa` bits of exponent with this bias, and a mantissa of so many bits; every pattern is a number.
@inline(__always)
private func float32Bits(byte: UInt8, mantissa: UInt32, bias: UInt32) -> UInt32 {
  let sign = UInt32(byte & 0x80) &<< 24
  let shifted = UInt32(byte & 0x7F) &<< (23 &- mantissa)
  let lowest = (128 &- bias) &<< 23
  // As of halves: the mantissa of a subnormal number stands behind a leading one that is subtracted.
  let subnormal = (Float(bitPattern: shifted &+ lowest) - Float(bitPattern: lowest)).bitPattern
  return sign | (shifted &>> 23 == 0 ? subnormal : shifted &+ (127 &- bias) &<< 23)
}
