/// ggml's "K" blocks: 256 elements in groups of 16 or 32, each with a scale of few bits that one float16 multiplies.
extension StoredBlock {
  /// Q2_K: 16 groups, a scale and an offset of 4 bits each; 2 bits an element.
  func twoBitGroups(to target: UnsafeMutablePointer<Float>) {
    let (scale, least) = (half(80), half(82))
    for group in 0..<16 {
      let factors = byte(group)
      let (factor, offset) = (scale * Float(factors & 0xF), least * Float(factors >> 4))
      // Four groups of two pairs share 32 bytes, at other bits of them.
      let (place, shift) = (16 + group / 8 * 32 + group % 2 * 16, group % 8 / 2 * 2)
      for index in 0..<16 {
        target[group * 16 + index] = factor * Float(byte(place + index) >> shift & 3) - offset
      }
    }
  }

  /// Q3_K: 16 groups with a signed scale of 6 bits; 2 bits an element, and in a table of its own the third, which
  /// spares the subtraction of 4.
  func threeBitGroups(to target: UnsafeMutablePointer<Float>) {
    let scale = half(108)
    for group in 0..<16 {
      let low = byte(96 + group % 8) >> (group / 8 * 4) & 0xF
      let high = byte(104 + group % 4) >> (group / 4 * 2) & 3
      let factor = scale * Float(Int(low | high << 4) - 32)
      let (place, shift) = (32 + group / 8 * 32 + group % 2 * 16, group % 8 / 2 * 2)
      for index in 0..<16 {
        let isKept = byte(group % 2 * 16 + index) >> (group / 2) & 1 == 1
        target[group * 16 + index] = factor * Float(Int(byte(place + index) >> shift & 3) - (isKept ? 0 : 4))
      }
    }
  }

  /// Q4_K: 8 groups of 32, a scale and an offset of 6 bits each; 4 bits an element.
  func fourBitGroups(to target: UnsafeMutablePointer<Float>) {
    for group in 0..<8 {
      let (factor, offset) = factors(group)
      for index in 0..<32 {
        target[group * 32 + index] = factor * Float(nibble(16, group, index)) - offset
      }
    }
  }

  /// Q5_K: as Q4_K, with the fifth bits in a table of their own.
  func fiveBitGroups(to target: UnsafeMutablePointer<Float>) {
    for group in 0..<8 {
      let (factor, offset) = factors(group)
      for index in 0..<32 {
        let high = byte(16 + index) >> group & 1
        target[group * 32 + index] = factor * Float(nibble(48, group, index) | high << 4) - offset
      }
    }
  }

  /// Q6_K: 16 groups with a signed scale of 8 bits; 4 and 2 bits an element, 32 taken away.
  func sixBitGroups(to target: UnsafeMutablePointer<Float>) {
    let scale = half(208)
    for part in 0..<8 {
      // Two groups of 16 at once: the lower or upper halves of 32 bytes, and two bits of 32 others.
      let (low, high) = (part / 4 * 64 + part % 2 * 32, 128 + part / 4 * 32)
      for index in 0..<32 {
        let number = byte(low + index) >> (part % 4 / 2 * 4) & 0xF | (byte(high + index) >> (part % 4 * 2) & 3) << 4
        let factor = scale * Float(signed(192 + part * 2 + index / 16))
        target[part * 32 + index] = factor * Float(Int(number) - 32)
      }
    }
  }

  /// Scale and offset of a group of 32: 6 bits each, in 12 bytes from the fifth.
  private func factors(_ group: Int) -> (factor: Float, offset: Float) {
    let (scale, least): (UInt8, UInt8)
    if group < 4 {
      (scale, least) = (byte(4 + group) & 0x3F, byte(8 + group) & 0x3F)
    } else {
      let low = byte(8 + group)
      scale = low & 0xF | (byte(group) >> 6) << 4
      least = low >> 4 | (byte(4 + group) >> 6) << 4
    }
    return (half(0) * Float(scale), half(2) * Float(least))
  }

  /// 4 bits of a group of 32: two groups share 32 bytes.
  @inline(__always)
  private func nibble(_ place: Int, _ group: Int, _ index: Int) -> UInt8 {
    byte(place + group / 2 * 32 + index) >> (group % 2 * 4) & 0xF
  }
}
