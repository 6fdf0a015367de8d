/// The range of floats that stands for the values 0…255.
package enum ColourRange: Sendable {
  /// 0…1.
  case unit
  /// -1…1, as autoencoders read and write them.
  case signed
}

extension Picture {
  /// The picture that a decoder's floats show; `floats` are (height, width, 3), channels last.
  ///
  /// As diffusers' `VaeImageProcessor.postprocess`: `((x / 2 + 0.5).clamp(0, 1) * 255).round()`, halves to even.
  /// - Throws: `MediaError.wrongSize`, or `.notANumber` with the place of the first NaN.
  package init(width: Int, height: Int, floats: UnsafeBufferPointer<Float>, range: ColourRange) throws {
    let expected = width * height * 3
    guard width > 0, height > 0, floats.count == expected else {
      throw MediaError.wrongSize(
        what: "a row of colour values", expected: "\(width)×\(height)×3 = \(expected)", found: "\(floats.count)")
    }
    var broken: Int?
    let pixels = [UInt8](unsafeUninitializedCapacity: expected) { bytes, count in
      for index in 0..<expected {
        let value = range == .signed ? floats[index] / 2 + 0.5 : floats[index]
        if value.isNaN { broken = broken ?? index }
        // NaN compares false and becomes 0, which is never shown.
        let clamped = value > 0 ? min(value, 1) : 0
        bytes[index] = UInt8((clamped * 255).rounded(.toNearestOrEven))
      }
      count = expected
    }
    if let broken {
      throw MediaError.notANumber(x: broken / 3 % width, y: broken / 3 / width, channel: broken % 3)
    }
    self.init(width: width, height: height, pixels: pixels)
  }

  /// The picture that `floats` show; see `init(width:height:floats:range:)` over a buffer.
  package init(width: Int, height: Int, floats: [Float], range: ColourRange) throws {
    self = try floats.withUnsafeBufferPointer {
      try Picture(width: width, height: height, floats: $0, range: range)
    }
  }

  /// The values as floats, (height, width, 3), channels last: `x / 255`, and for `.signed` `2 · x - 1` of that.
  ///
  /// As diffusers' `VaeImageProcessor.preprocess`.
  package func floats(_ range: ColourRange) -> [Float] {
    let table = (0...255).map { value -> Float in
      let unit = Float(value) / 255
      return range == .signed ? 2 * unit - 1 : unit
    }
    return pixels.map { table[Int($0)] }
  }

  /// Writes `floats(range)` into `target`, which must hold `width · height · 3` values.
  package func copyFloats(_ range: ColourRange, to target: UnsafeMutableBufferPointer<Float>) {
    precondition(target.count == pixels.count, "copyFloats: \(pixels.count) values into \(target.count)")
    _ = target.update(fromContentsOf: floats(range))
  }
}
