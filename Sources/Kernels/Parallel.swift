import Dispatch

/// Splits `0..<count` over the threads of the current computation and runs the parts at once.
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

/// Runs `count` workers at once, each of which computes on one thread.
///
/// Work that splits into equal halves with nothing in common (a batch of training samples) runs faster so than with every
/// operation split: no operation waits for its slower half, which counts when the machine is shared.
package func workers(_ count: Int, _ body: @Sendable (Int) -> Void) {
  DispatchQueue.concurrentPerform(iterations: count) { index in
    Threads.$limit.withValue(1) { body(index) }
  }
}
