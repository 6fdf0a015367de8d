import NegativeSpaceTraining

/// Repeated timing: the median of several runs after a warm-up.
enum Stopwatch {
  /// Median seconds of `runs` calls.
  static func median(runs: Int, _ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    try body()
    var times: [Double] = []
    for _ in 0..<max(1, runs) {
      let start = clock.now
      try body()
      times.append((clock.now - start).seconds)
    }
    return times.sorted()[times.count / 2]
  }
}
