import NegativeSpacePipelines

/// One score as a table with its plots.
struct ReportTable {
  private let results: ComparisonResults
  private let table: ScoreTable
  private let text: ScoreText
  /// Name of one observation: a picture, or a clip.
  private let each: String

  private let baseline: Int

  init(_ results: ComparisonResults, _ model: ModelResults, _ table: ScoreTable) {
    (self.results, self.table, baseline) = (results, table, model.baselineIndex)
    each = model.kind == .video ? "clip" : "picture"
    text = ScoreText(table)
  }

  var html: HTML {
    let hasWins = table.score.better != .neither
    let wins: HTML = hasWins ? "<th scope=\"col\">wins</th>" : ""
    return """
      <article class="card">
      <h3>\(table.score.text) <span class="quiet">\(hint)</span></h3>
      <table>
      <thead><tr><th scope="col">negative</th><th scope="col">mean</th><th scope="col">difference</th>\(wins)</tr></thead>
      <tbody>\(table.rows.enumerated().map { row($1, number: $0, hasWins: hasWins) })</tbody>
      </table>
      \(ScorePlot(table, arms: results.arms.map(\.name), baseline: baseline, each: each).html)
      </article>

      """
  }

  private var hint: String {
    switch table.score.better {
    case .higher: "higher is better"
    case .lower: "lower is better"
    case .neither: "neither way is better"
    }
  }

  private func row(_ row: ScoreTable.Row, number: Int, hasWins: Bool) -> HTML {
    let mean: HTML = row.mean.map { cell(text.value($0.value), text.interval($0)) } ?? "<td>–</td>"
    let difference: HTML =
      row.difference.map {
        cell(
          text.difference($0.value) + text.unit, text.differenceInterval($0), mark: mark($0, beyond: 0))
      } ?? "<td class=\"quiet\">–</td>"
    let wins: HTML =
      row.winRate.map { rate in
        let pairs = row.pairs.map { "\($0.better)–\($0.equal)–\($0.worse)" }
        let isBetter = rate.value > 0.5
        return cell(
          ScoreText.percent(rate.value), ScoreText.percents(rate), pairs,
          mark: rate.excludes(0.5) ? (isBetter ? .up : .down) : nil)
      } ?? "<td class=\"quiet\">–</td>"
    return """
      <tr><th scope="row"><i class="dot arm-\(number % 6)"></i>\(row.arm)</th>\(mean)\(difference)\(hasWins ? wins : "")</tr>

      """
  }

  /// Better or worse, as far as that can be said.
  private enum Mark: String {
    case up = "better", down = "worse"
  }

  private func mark(_ estimate: Estimate, beyond limit: Double) -> Mark? {
    guard estimate.excludes(limit), let win = table.score.win(estimate.value, over: limit) else { return nil }
    return win == 1 ? .up : .down
  }

  private func cell(_ value: String, _ interval: String, _ more: String? = nil, mark: Mark? = nil) -> HTML {
    let sign = mark.map { $0 == .up ? "▲ " : "▼ " } ?? ""
    let rest: HTML = more.map { "<small>\($0)</small>" } ?? ""
    return "<td class=\"\(mark?.rawValue ?? "")\"><b>\(sign)\(value)</b><small>\(interval)</small>\(rest)</td>"
  }
}
