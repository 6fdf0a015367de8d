import Dispatch
import Synchronization

/// Splits `0..<count` over the processor's cores and runs the parts at once.
///
/// - Parameters:
///   - count: how many independent items there are.
///   - grain: fewest items worth a thread of their own.
///   - body: the work on one contiguous part; parts never overlap.
package func parallel(_ count: Int, grain: Int = 1, _ body: @Sendable (Range<Int>) -> Void) {
  let parts = min(Threads.count, max(1, count / max(1, grain)))
  if parts <= 1 {
    if count > 0 { body(0..<count) }
    return
  }
  DispatchQueue.concurrentPerform(iterations: parts) { part in
    let lower = count * part / parts
    let upper = count * (part + 1) / parts
    if lower < upper { body(lower..<upper) }
  }
}

/// How many threads the program computes with; set once at start-up by the command line.
package enum Threads {
  private static let requested = Atomic<Int>(0)

  /// The number in use: what was asked for, or the number of cores.
  package static var count: Int {
    let asked = requested.load(ordering: .relaxed)
    return asked > 0 ? asked : ProcessorCount.value
  }

  /// Asks for `count` threads; 0 means all cores. Call before the first computation.
  package static func use(_ count: Int) { requested.store(count, ordering: .relaxed) }
}
