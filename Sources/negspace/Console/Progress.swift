import Foundation

/// Progress of a long piece of work: one bar on a terminal, a line a step otherwise.
final class Progress {
  private let style: Style
  private let clock = ContinuousClock()
  private var started: ContinuousClock.Instant
  /// How many were done before this piece of work: a run that goes on begins behind them.
  private var before: Int?
  private var isDrawn = false

  enum Style {
    case none, lines, bar
  }

  init(_ style: Style) {
    self.style = style
    started = clock.now
  }

  /// Starts the clock of a new piece of work.
  func begin() { (started, before) = (clock.now, nil) }

  /// `done` of `total` are done; told after each of them.
  ///
  /// - Parameter share: of the work, by which the time left is told where pieces differ; nil where they do not.
  func update(_ label: String, _ done: Int, of total: Int, share: Double? = nil) {
    guard style != .none, total > 0 else { return }
    let elapsed = (clock.now - started) / .seconds(1)
    let before = before ?? max(done - 1, 0)
    self.before = before
    let pace = Self.pace(done, of: total, before: before, in: elapsed, share: share)
    switch style {
    case .none: return
    case .lines: Console.message("\(label) \(done)/\(total)  \(pace)")
    case .bar:
      Console.draw(
        "\r"
          + Self.line("\(label) ", " \(done)/\(total)  \(pace)", done, total, columns: Console.columns ?? 80)
          + "\u{1B}[K")
      isDrawn = true
    }
  }

  /// How fast it goes, and how long it still takes.
  ///
  /// - Parameters:
  ///   - before: how many were done when the clock started.
  ///   - elapsed: seconds since.
  static func pace(_ done: Int, of total: Int, before: Int, in elapsed: Double, share: Double? = nil) -> String {
    let perStep = elapsed / Double(max(done - before, 1))
    let rate = perStep < 1 ? String(format: "%.2f/s", 1 / max(perStep, 1e-6)) : String(format: "%.2f s each", perStep)
    let rest = share.map { elapsed * (1 - $0) / max($0, 1e-9) } ?? perStep * Double(total - done)
    return "\(rate)  \(time(rest)) left"
  }

  /// A bar between two texts, as long as one line leaves it: a second line would not be drawn over.
  static func line(_ before: String, _ after: String, _ done: Int, _ total: Int, columns: Int) -> String {
    let width = max(0, min(24, columns - 1 - before.count - after.count))
    let filled = width * done / total
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    return String((before + bar + after).prefix(max(1, columns - 1)))
  }

  /// Ends the bar's line.
  func end() {
    if isDrawn { Console.draw("\n") }
    isDrawn = false
  }

  private static func time(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded(.up))
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }
}
