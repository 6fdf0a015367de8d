import Foundation
import NegativeSpacePipelines

extension ComparisonResults {
  /// The tables as text: a block for each score of each model.
  public var text: String {
    models.map { model in
      let head =
        "\(model.name): \(model.prompts.count) prompts × \(model.seeds) seeds, against \(model.baseline); 95 % intervals\n"
      return head + Self.aligned(model.tables.flatMap(Self.lines))
    }.joined(separator: "\n") + headlines.map { "\n\($0)" }.joined() + (headlines.isEmpty ? "" : "\n")
  }

  private static func lines(_ table: ScoreTable) -> [[String]] {
    let text = ScoreText(table)
    let arrow = ["higher": " ↑", "lower": " ↓"][table.score.better.rawValue] ?? ""
    return [["\(table.score.text)\(arrow)", "mean", "", "difference", "", "wins", ""]]
      + table.rows.map { row in
        ["  " + row.arm.map { $0.isNewline ? " " : String($0) }.joined()]
          + (row.mean.map { [text.value($0.value), text.interval($0)] } ?? ["–", ""])
          + (row.difference.map { [text.difference($0.value) + text.unit, text.differenceInterval($0)] } ?? ["", ""])
          + (row.winRate.map {
            [ScoreText.percent($0.value), ScoreText.percents($0)]
          } ?? ["", ""])
      }
  }

  /// Columns of equal width.
  private static func aligned(_ lines: [[String]]) -> String {
    let widths = (0..<(lines.first?.count ?? 0)).map { column in lines.map { $0[column].count }.max() ?? 0 }
    return lines.map { line in
      var text = zip(line, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
      while text.last == " " { text.removeLast() }
      return text + "\n"
    }.joined()
  }

  /// Comma-separated values, one line for each cell.
  ///
  /// - Parameter isNeutral: whether a ' stands before texts that a spreadsheet would take for formulas.
  public func csv(isNeutral: Bool = true) -> String {
    var names: [String] = []
    for name in models.flatMap(\.tables).map(\.score.text) where !names.contains(name) { names.append(name) }
    var text = ResultFile.line(
      ["model", "kind", "negative", "prompt_number", "prompt", "seed", "cell"]
        + names.map { $0.replacingOccurrences(of: " ", with: "_") }, isNeutral: isNeutral)
    for model in models {
      for (prompt, seeds) in model.cells.enumerated() {
        for cells in seeds {
          for (arm, cell) in zip(arms, cells) {
            let place = [
              model.name, model.kind.rawValue, arm.name, "\(prompt + 1)", model.prompts[prompt], "\(cell.seed)",
              cell.key,
            ]
            text += ResultFile.line(place + names.map { cell.scores[$0].map { "\($0)" } ?? "" }, isNeutral: isNeutral)
          }
        }
      }
    }
    return text
  }
}
