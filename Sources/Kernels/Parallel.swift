import Dispatch
import NegativeSpaceCKernels

/// Splits `0..<count` over the threads of the current computation and runs the parts at once.
///
/// There are more parts than threads, and each thread takes the next one when it is done: a core that is busy with
/// another program holds nobody up. A loop inside a loop runs on its own thread.
/// - Parameters:
///   - count: number of independent items.
///   - grain: fewest items worth a part of their own.
///   - body: the work on one contiguous part; parts never overlap.
package func parallel(_ count: Int, grain: Int = 1, _ body: @Sendable (Range<Int>) -> Void) {
  let threads = Threads.count
  let parts = min(threads == 1 ? 1 : threads * Threads.partsPerThread, max(1, count / max(1, grain)))
  if parts <= 1 {
    if count > 0 { body(0..<count) }
    return
  }
  withoutActuallyEscaping(body) { body in
    var loop = Loop(count: count, parts: parts, body: body)
    withUnsafeMutablePointer(to: &loop) { loop in
      ns_run_parts(
        Int64(parts), Int32(threads),
        { context, part in context?.assumingMemoryBound(to: Loop.self).pointee.run(Int(part)) }, loop)
    }
  }
}

/// A loop on its way through C.
private struct Loop {
  let count: Int
  let parts: Int
  let body: @Sendable (Range<Int>) -> Void

  func run(_ part: Int) {
    let lower = count * part / parts
    let upper = count * (part + 1) / parts
    if lower < upper { body(lower..<upper) }
  }
}

/// Runs `count` workers at once, each of which computes on one thread.
///
/// Work that splits into equal halves with nothing in common (a batch of training samples) runs faster so than with
/// every operation split: no operation waits for its slower half, which counts when the machine is shared.
package func workers(_ count: Int, _ body: @Sendable (Int) -> Void) {
  DispatchQueue.concurrentPerform(iterations: count) { index in
    Threads.$limit.withValue(1) { body(index) }
  }
}
