import Foundation
import Synchronization

/// The number of threads that a computation uses.
package enum Threads {
  /// A limit for the computations of one task or worker.
  @TaskLocal package static var limit: Int?
  /// Parts a long loop is cut into for each thread.
  static let partsPerThread = 4
  private static let requested = Atomic<Int>(0)
  private static let cores = max(1, ProcessInfo.processInfo.activeProcessorCount)

  /// The number in use here: the limit, or what was asked for at start-up, or the number of cores.
  package static var count: Int {
    if let limit { return limit }
    let asked = requested.load(ordering: .relaxed)
    return asked > 0 ? asked : cores
  }

  /// Asks for `count` threads in the whole program; 0 means all cores.
  ///
  /// Call before the first computation.
  package static func use(_ count: Int) { requested.store(count, ordering: .relaxed) }
}
