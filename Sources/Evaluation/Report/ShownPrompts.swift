/// Prompts that are shown with pictures: the best, the middle and the worst third of the differences to the baseline.
package struct ShownPrompts {
  /// One of them.
  struct Place {
    let prompt: Int
    /// From 1, the best first.
    let rank: Int
    /// Mean over the other arms and the seeds; nil where nothing is scored.
    let difference: Double?
  }

  /// Best first.
  let places: [Place]
  private let table: ScoreTable?
  private let total: Int

  init(_ model: ModelResults, baseline: Int, count: Int) {
    let table = model.leading
    self.table = table
    let differences = model.prompts.indices.map { prompt -> (prompt: Int, difference: Double?) in
      let all =
        table?.rows.enumerated().filter { $0.offset != baseline }.compactMap { $0.element.byPrompt[prompt] } ?? []
      return (prompt, all.isEmpty ? nil : all.reduce(0, +) / Double(all.count))
    }
    let isReversed = table?.score.better == .lower
    // Equal ones, and those without a score, in the order of the list.
    let ordered = differences.sorted { one, other in
      guard let a = one.difference, let b = other.difference, a != b else {
        if (one.difference == nil) != (other.difference == nil) { return one.difference != nil }
        return one.prompt < other.prompt
      }
      return isReversed ? a < b : a > b
    }
    total = ordered.count
    places = Self.spread(min(max(0, count), total), of: total).map {
      Place(prompt: ordered[$0].prompt, rank: $0 + 1, difference: ordered[$0].difference)
    }
  }

  /// The first, the middle and the last third of `count` places among `total`.
  package static func spread(_ count: Int, of total: Int) -> [Int] {
    let best = (count + 2) / 3
    let worst = count / 3
    let middle = count - best - worst
    // Those between the best and the worst, around their middle.
    let start = best + (total - best - worst - middle) / 2
    return Array(0..<best) + Array(start..<(start + middle)) + Array((total - worst)..<total)
  }

  var explanation: String {
    guard places.count < total else { return "All \(total) prompts, ordered by \(order)" }
    return
      "\(places.count) of \(total) prompts, chosen by \(order): the best, the middle and the worst third of the list"
  }

  private var order: String {
    table.map { "the mean difference in \($0.score.text) to the baseline" } ?? "their place in the list"
  }

  func note(_ place: Place) -> String {
    guard let difference = place.difference, let table else { return "prompt \(place.prompt + 1) of the list" }
    let text = ScoreText(table)
    return "rank \(place.rank) of \(total): \(text.difference(difference))\(text.unit) \(table.score.text)"
  }
}
