/// A number with its confidence interval of 95 %.
public struct Estimate: Sendable, Hashable, Encodable {
  /// The number.
  public let value: Double
  /// The lower end of the interval.
  public let low: Double
  /// The upper end of the interval.
  public let high: Double

  package init(_ value: Double, low: Double, high: Double) { (self.value, self.low, self.high) = (value, low, high) }

  /// Whether the whole interval lies on one side of `limit`.
  public func excludes(_ limit: Double) -> Bool { low > limit || high < limit }

  /// Wilson's interval of a share (Wilson 1927; Brown, Cai, DasGupta 2001), which is honest at 0 and 1, too.
  ///
  /// - Parameters:
  ///   - share: 0…1; ties may have counted as half.
  ///   - count: independent observations behind it, at least one.
  package static func share(_ share: Double, of count: Int) -> Estimate {
    let n = Double(count)
    let z = 1.959963984540054  // The normal distribution's 97.5 %.
    let middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    let half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
    return Estimate(share, low: max(0, middle - half), high: min(1, middle + half))
  }
}
