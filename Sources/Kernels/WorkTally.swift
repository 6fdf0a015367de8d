import Synchronization

/// Counts the multiplications and additions of products, convolutions and attention, for the benchmark.
package final class WorkTally: Sendable {
  /// The tally of this task; nil outside the benchmark.
  @TaskLocal package static var current: WorkTally?

  private let count = Atomic<Int>(0)

  package init() {}

  /// Multiplications and additions counted so far.
  package var flops: Int { count.load(ordering: .relaxed) }

  package static func add(_ flops: @autoclosure () -> Int) {
    guard let current else { return }
    current.count.add(flops(), ordering: .relaxed)
  }
}
