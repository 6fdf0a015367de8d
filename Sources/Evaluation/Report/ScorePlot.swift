import Foundation

/// Plots of a score: its distribution, arm by arm, and its differences to the baseline, prompt by prompt.
struct ScorePlot {
  private let table: ScoreTable
  private let arms: [String]
  private let baseline: Int
  private let each: String

  /// - Parameter each: name of one observation.
  init(_ table: ScoreTable, arms: [String], baseline: Int, each: String) {
    (self.table, self.arms, self.baseline, self.each) = (table, arms, baseline, each)
  }

  var html: HTML {
    let own = table.rows.enumerated().map { number, row in
      Row(number: number, label: row.arm, values: row.values, estimate: row.mean)
    }
    let differences = table.rows.enumerated().filter { $0.offset != baseline }.map { number, row in
      Row(number: number, label: row.arm, values: row.byPrompt.compactMap(\.self), estimate: row.difference)
    }
    return """
      <div class="plots">
      \(plot(own, title: "\(table.score.text), \(each) by \(each)", zero: nil, isShare: table.score.isShare))
      \(plot(differences, title: "difference to \(arms[baseline]), prompt by prompt", zero: 0, isShare: false))
      </div>
      """
  }

  /// One arm's line of a plot.
  private struct Row {
    let number: Int
    let label: String
    let values: [Double]
    let estimate: Estimate?
  }

  // Units of the picture, which is as wide as its place.
  private static let width = 360.0
  private static let left = 8.0
  private static let rowHeight = 42.0
  private static let bins = 40

  private func plot(_ rows: [Row], title: String, zero: Double?, isShare: Bool) -> HTML {
    let intervals = rows.compactMap(\.estimate).flatMap { [$0.low, $0.high] }
    let all = rows.flatMap(\.values) + intervals + (isShare ? [0, 1] : []) + (zero.map { [$0] } ?? [])
    guard let low = all.min(), let high = all.max(), !rows.isEmpty else { return "" }
    let axis = PlotAxis(low, high)
    func x(_ value: Double) -> Double {
      Self.left + (value - axis.low) / (axis.high - axis.low) * (Self.width - 2 * Self.left)
    }
    let bottom = Self.rowHeight * Double(rows.count) + 6
    let scale = table.score.isShare ? 100.0 : 1
    let ticks = axis.ticks.map { tick -> HTML in
      let place = x(tick)
      // Adding zero makes a negative zero a plain one.
      let label = ScoreText.plain((tick * scale * 1e9).rounded() / 1e9 + 0).replacing("-", with: "−")
      let anchor = place < 30 ? "start" : place > Self.width - 30 ? "end" : "middle"
      return """
        <line class="grid" x1="\(n(place))" x2="\(n(place))" y1="4" y2="\(n(bottom))"/>\
        <text class="tick" x="\(n(place))" y="\(n(bottom + 13))" text-anchor="\(anchor)">\(label)</text>
        """
    }
    let origin: HTML =
      zero.map { "<line class=\"zero\" x1=\"\(n(x($0)))\" x2=\"\(n(x($0)))\" y1=\"4\" y2=\"\(n(bottom))\"/>" } ?? ""
    let lines = rows.enumerated().map { place, row -> HTML in
      let base = Self.rowHeight * Double(place + 1)
      let shape = isShare ? bar(row, x, base) : histogram(row, axis, x, base)
      return """
        <g class="arm-\(row.number % 6)">\(shape)\(whisker(row, x, base))\
        <text class="label" x="\(n(Self.left))" y="\(n(base - Self.rowHeight + 15))">\(row.label)</text></g>
        """
    }
    let unit = !table.score.isShare ? "" : isShare ? " (%)" : " (points)"
    return """
      <figure class="plot"><figcaption>\(title + unit)</figcaption>\
      <svg viewBox="0 0 \(n(Self.width)) \(n(bottom + 20))" role="img" aria-label="\(title)">\
      \(ticks)\(origin)\(lines)</svg></figure>

      """
  }

  /// Counts of equal intervals as bars without gaps, the highest filling its row.
  private func histogram(_ row: Row, _ axis: PlotAxis, _ x: (Double) -> Double, _ base: Double) -> HTML {
    var counts = [Int](repeating: 0, count: Self.bins)
    for value in row.values {
      let share = (value - axis.low) / (axis.high - axis.low)
      counts[max(0, min(Self.bins - 1, Int(share * Double(Self.bins))))] += 1
    }
    let most = Double(max(1, counts.max() ?? 1))
    let step = (axis.high - axis.low) / Double(Self.bins)
    var path = "M\(n(x(axis.low))) \(n(base))"
    for (bin, count) in counts.enumerated() {
      let top = base - Double(count) / most * 24
      let edge = axis.low + step * Double(bin)
      path += "L\(n(x(edge))) \(n(top))L\(n(x(edge + step))) \(n(top))"
    }
    return "<path class=\"shape\" d=\"\(path + "L\(n(x(axis.high))) \(n(base))Z")\"/>"
  }

  private func bar(_ row: Row, _ x: (Double) -> Double, _ base: Double) -> HTML {
    let end = x(row.estimate?.value ?? 0)
    return
      "<rect class=\"shape\" x=\"\(n(x(0)))\" y=\"\(n(base - 18))\" width=\"\(n(max(0, end - x(0))))\" height=\"18\"/>"
  }

  /// The mean and its interval.
  private func whisker(_ row: Row, _ x: (Double) -> Double, _ base: Double) -> HTML {
    guard let estimate = row.estimate else { return "" }
    return """
      <line class="whisker" x1="\(n(x(estimate.low)))" x2="\(n(x(estimate.high)))" y1="\(n(base))" y2="\(n(base))"/>\
      <circle class="mean" cx="\(n(x(estimate.value)))" cy="\(n(base))" r="3.5"/>
      """
  }

  private func n(_ value: Double) -> String { String(format: "%.1f", value) }
}

/// A scale with round numbers.
package struct PlotAxis {
  let low: Double
  let high: Double
  package let ticks: [Double]

  package init(_ least: Double, _ most: Double) {
    guard most > least else {
      // One value has one mark, in the middle.
      let margin = max(abs(most), 1e-6)
      (low, high, ticks) = (most - margin, most + margin, [most])
      return
    }
    let spread = most - least
    let rough = spread / 5
    let power = pow(10, log10(rough).rounded(.down))
    let step = [1, 2, 2.5, 5, 10].map { $0 * power }.first { $0 >= rough } ?? rough
    let margin = 0.02 * spread
    (low, high) = (least - margin, most + margin)
    let first = (low / step).rounded(.up)
    let last = (high / step).rounded(.down)
    ticks = first <= last ? stride(from: first, through: last, by: 1).map { $0 * step } : []
  }
}
