import NegativeSpacePipelines

extension ComparisonResults {
  /// The verdict on each model in a sentence: the arm with the largest gain in the leading score, and its interval.
  public var headlines: [String] { models.compactMap(\.headline) }
}

extension ModelResults {
  /// The verdict in a sentence; nil where no score has a better way.
  var headline: String? {
    guard let table = leading else { return nil }
    let sign = table.score.better == .lower ? -1.0 : 1
    let gains = table.rows.compactMap { row in row.difference.map { (row: row, gain: $0) } }
    guard let best = gains.max(by: { sign * $0.gain.value < sign * $1.gain.value }) else { return nil }
    let text = ScoreText(table)
    let gain = "\(text.difference(best.gain.value))\(text.unit) (95 %: \(text.differenceInterval(best.gain)))"
    let wins = best.row.winRate.map {
      ", and wins \(ScoreText.percent($0.value)) of \(kind == .video ? "clips" : "pictures") (\(ScoreText.percents($0)))"
    }
    let place = "On \(name), by \(table.score.text)"
    // Of one prompt, seed by seed or not, nothing can be said of others.
    guard prompts.count > 1 else {
      return
        "\(place), “\(best.row.arm)” differs from “\(baseline)” by \(text.difference(best.gain.value))\(text.unit) on one "
        + "prompt, from which nothing follows for others."
    }
    guard best.gain.excludes(0) else {
      let only = gains.count == 1 ? "" : ", the best of \(gains.count),"
      return "\(place), “\(best.row.arm)”\(only) cannot be told from “\(baseline)”: \(gain)."
    }
    guard sign * best.gain.value > 0 else {
      return "\(place), “\(baseline)” is best; the nearest, “\(best.row.arm)”, is worse: \(gain)."
    }
    return "\(place), “\(best.row.arm)” is better than “\(baseline)”: \(gain)\(wins ?? "")."
  }
}
