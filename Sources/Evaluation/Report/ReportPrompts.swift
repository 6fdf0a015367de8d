/// Every prompt's win or loss, in a table that can be opened.
struct ReportPrompts {
  private let results: ComparisonResults
  private let model: ModelResults
  /// Rows at most; the rest is in results.csv.
  private static let limit = 500

  init(_ results: ComparisonResults, _ model: ModelResults) { (self.results, self.model) = (results, model) }

  var html: HTML {
    guard let table = model.leading else { return "" }
    let baseline = model.baselineIndex
    let others = results.arms.indices.filter { $0 != baseline }
    let text = ScoreText(table)
    let heads = others.map { arm -> HTML in
      "<th scope=\"col\"><i class=\"dot arm-\(arm % 6)\"></i>\(results.arms[arm].name)</th>"
    }
    let rows = model.prompts.prefix(Self.limit).enumerated().map { place, prompt -> HTML in
      let cells = others.map { cell(table, arm: $0, prompt: place, text) }
      return "<tr><th scope=\"row\" dir=\"auto\">\(prompt)</th>\(cells)</tr>\n"
    }
    let rest =
      model.prompts.count > Self.limit
      ? " The first \(Self.limit) of \(model.prompts.count) prompts; all are in results.csv." : ""
    return """
      <details class="card"><summary>Win or loss of every prompt, \(table.score.text)</summary>
      <p class="quiet">Mean difference to \(model.baseline), and the pairs better–equal–worse.\(rest)</p>
      <div class="wide"><table class="prompts"><thead><tr><th scope="col">prompt</th>\(heads)</tr></thead>
      <tbody>\(rows)</tbody></table></div></details>
      """
  }

  private func cell(_ table: ScoreTable, arm: Int, prompt: Int, _ text: ScoreText) -> HTML {
    guard let difference = table.rows[arm].byPrompt[prompt] else { return "<td class=\"quiet\">–</td>" }
    let name = table.score.text
    let wins = model.cells[prompt].compactMap { cells -> Double? in
      guard let value = cells[arm].scores[name], let base = cells[model.baselineIndex].scores[name] else {
        return nil
      }
      return table.score.win(value, over: base)
    }
    let pairs = ScoreTable.Pairs(wins)
    let (better, equal, worse) = (pairs.better, pairs.equal, pairs.worse)
    let win = table.score.win(difference, over: 0)
    let (kind, sign) = win == 1 ? ("better", "▲ ") : win == 0 ? ("worse", "▼ ") : ("", "= ")
    return """
      <td class="\(kind)"><b>\(sign + text.difference(difference))</b><small>\(better)–\(equal)–\(worse)</small></td>
      """
  }
}
