/// Frames a second as a ratio, so that 29.97 is exactly 30000/1001.
package struct FrameRate: Sendable, Equatable, CustomStringConvertible {
  package let numerator: Int
  package let denominator: Int

  /// The ratio in lowest terms; above 0, at most 1000.
  /// - Throws: `MediaError.badFrameRate`.
  package init(_ numerator: Int, over denominator: Int = 1) throws {
    guard numerator > 0, denominator > 0, numerator <= Int(Int32.max), denominator <= Int(Int32.max),
      numerator / denominator < 1000 || numerator == denominator * 1000
    else { throw MediaError.badFrameRate("\(numerator)/\(denominator)") }
    let divisor = greatestCommonDivisor(numerator, denominator)
    self.numerator = numerator / divisor
    self.denominator = denominator / divisor
  }

  /// The ratio nearest to a decimal number: NTSC's rates (23.976, 29.97, 59.94, …) as n·1000/1001, others to 1/1000.
  /// - Throws: `MediaError.badFrameRate`.
  package init(_ value: Double) throws {
    guard value.isFinite, value >= 0.001, value <= 1000 else { throw MediaError.badFrameRate("\(value)") }
    let thousandths = (value * 1000).rounded()
    let whole = (value * 1.001).rounded()
    let ntsc = whole * 1000 / 1001
    // Two decimals are usual (29.97), so anything nearer than half a hundredth is meant to be the broadcast rate.
    if thousandths != (value.rounded() * 1000), abs(value - ntsc) < 0.005, whole.truncatingRemainder(dividingBy: 6) == 0
    {
      try self.init(Int(whole) * 1000, over: 1001)
    } else {
      try self.init(Int(thousandths), over: 1000)
    }
  }

  /// A rate as people type it: `8`, `29.97` or `30000/1001`.
  /// - Throws: `MediaError.badFrameRate`.
  package init(_ text: some StringProtocol) throws {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    if parts.count == 2, let numerator = Int(parts[0]), let denominator = Int(parts[1]) {
      try self.init(numerator, over: denominator)
    } else if let value = Double(text) {
      do { try self.init(value) } catch { throw MediaError.badFrameRate(String(text)) }
    } else {
      throw MediaError.badFrameRate(String(text))
    }
  }

  /// Frames a second.
  package var value: Double { Double(numerator) / Double(denominator) }

  /// `8`, or `30000/1001`.
  package var description: String { denominator == 1 ? "\(numerator)" : "\(numerator)/\(denominator)" }
}

private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
  b == 0 ? a : greatestCommonDivisor(b, a % b)
}
