import NegativeSpaceTensors

/// Percentile intervals by resampling (Efron 1979), for observations that come in groups: seeds of a prompt.
///
/// Prompts are drawn with replacement, then as many seeds of each as it has. The statistic is the mean over prompts of
/// the means over their seeds, so that every prompt counts the same. The random numbers are always the same, so a
/// report is made twice alike.
package struct Bootstrap: Sendable {
  /// Resamples of small sets; of large ones fewer, so that it takes seconds.
  package static let resamples = 10_000
  private static let draws = 20_000_000

  /// The mean with its 95 % interval; nil of nothing.
  ///
  /// - Parameter groups: the observations of each prompt; empty ones do not count.
  package static func mean(_ groups: [[Double]], resamples: Int? = nil) -> Estimate? {
    let groups = groups.filter { !$0.isEmpty }
    guard !groups.isEmpty else { return nil }
    let value = groups.map(average).reduce(0, +) / Double(groups.count)
    let size = groups.reduce(groups.count) { $0 + $1.count }
    let count = resamples ?? max(1000, min(Self.resamples, draws / size))
    let means = means(of: groups, count: count).sorted()
    return Estimate(value, low: percentile(0.025, of: means), high: percentile(0.975, of: means))
  }

  /// The statistic of each resample.
  static func means(of groups: [[Double]], count: Int) -> [Double] {
    var random = SplitMix64(seed: 1979)
    return (0..<count).map { _ in
      var total = 0.0
      for _ in groups.indices {
        let group = groups[random.below(groups.count)]
        if group.count == 1 {
          total += group[0]
        } else {
          var sum = 0.0
          for _ in group.indices { sum += group[random.below(group.count)] }
          total += sum / Double(group.count)
        }
      }
      return total / Double(groups.count)
    }
  }

  /// NumPy's: between two neighbours in proportion.
  ///
  /// - Parameter sorted: at least one number, ascending.
  static func percentile(_ share: Double, of sorted: [Double]) -> Double {
    let place = share * Double(sorted.count - 1)
    let below = Int(place)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (sorted[above] - sorted[below]) * (place - Double(below))
  }

  private static func average(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
}
