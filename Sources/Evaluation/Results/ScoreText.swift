import Foundation

/// Numbers as people read them.
package struct ScoreText: Sendable {
  private let digits: Int
  private let isShare: Bool

  /// Two to three digits of the narrowest interval's width.
  package init(_ table: ScoreTable) {
    isShare = table.score.isShare
    let widths = table.rows.flatMap { [$0.mean, $0.difference] }.compactMap { $0.map { $0.high - $0.low } }
    let narrowest = widths.filter { $0 > 0 }.min() ?? 0.01
    digits = max(0, min(6, 2 - Int(log10(3 * narrowest).rounded(.down))))
  }

  package func value(_ value: Double) -> String {
    isShare ? Self.percent(value) : Self.signed(value, String(format: "%.\(digits)f", abs(value)), plus: "")
  }

  /// With its sign.
  package func difference(_ value: Double) -> String {
    let text = isShare ? String(format: "%.1f", abs(value) * 100) : String(format: "%.\(digits)f", abs(value))
    return Self.signed(value, text, plus: "+")
  }

  /// The text of a number's size with its sign; one that rounds to nothing has none.
  private static func signed(_ value: Double, _ text: String, plus: String) -> String {
    let isZero = !text.contains { $0 != "0" && $0 != "." }
    return isZero ? text : (value > 0 ? plus : "−") + text
  }

  package func interval(_ estimate: Estimate) -> String {
    isShare ? Self.percents(estimate) : "\(value(estimate.low)) to \(value(estimate.high))"
  }

  package func differenceInterval(_ estimate: Estimate) -> String {
    "\(difference(estimate.low)) to \(difference(estimate.high))"
  }

  /// Unit of this score's differences, with a space before it.
  package var unit: String { isShare ? " points" : "" }

  package static func percent(_ share: Double) -> String { bare(share) + " %" }

  /// An interval of shares.
  package static func percents(_ estimate: Estimate) -> String { "\(bare(estimate.low)) to \(percent(estimate.high))" }

  private static func bare(_ share: Double) -> String { String(format: "%.1f", share * 100) }

  /// A number without needless digits.
  package static func plain(_ value: Double) -> String { String(format: "%g", value) }
}
