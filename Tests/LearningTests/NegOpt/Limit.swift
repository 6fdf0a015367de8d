import Foundation

/// Ends a run after some steps.
final class Limit: @unchecked Sendable {
  private let lock = NSLock()
  private var left: Int

  init(steps: Int) { left = steps }

  func count() { lock.withLock { left -= 1 } }
  var isReached: Bool { lock.withLock { left <= 0 } }
}
