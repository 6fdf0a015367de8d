import Foundation

extension SchedulerConfiguration {
  /// The betas of training before any rescaling; diffusers' defaults where the file says nothing.
  func betas() throws -> [Float] {
    let count = try checkedTrainTimesteps()
    let betas = try trainedBetas.map { $0.map { Float($0) } } ?? scheduledBetas(count)
    guard betas.count == count else {
      throw Self.error(
        "trained_betas", found: "\(betas.count) values", expected: "\(count), as num_train_timesteps says")
    }
    if let wrong = betas.first(where: { !($0 > 0 && $0 < 1) }) {
      throw Self.error(
        trainedBetas == nil ? "beta_start or beta_end" : "trained_betas",
        found: "\(wrong)", expected: "betas between 0 and 1")
    }
    return betas
  }

  /// The number of timesteps of training, bounded before anything is allocated for them.
  func checkedTrainTimesteps() throws -> Int {
    let count = trainTimesteps ?? 1000
    guard (2...1_000_000).contains(count) else {
      throw Self.error("num_train_timesteps", found: "\(count)", expected: "2 to 1000000")
    }
    return count
  }

  private func scheduledBetas(_ count: Int) throws -> [Float] {
    let (start, end) = (betaStart ?? 0.0001, betaEnd ?? 0.02)
    switch betaSchedule ?? .linear {
    case .linear:
      return Self.linearSpace(start, end, count)
    case .scaledLinear:
      return Self.linearSpace(start.squareRoot(), end.squareRoot(), count).map { $0 * $0 }
    case .cosine:
      func remaining(_ time: Double) -> Double { pow(cos((time + 0.008) / 1.008 * .pi / 2), 2) }
      return (0..<count).map { step in
        let (from, to) = (Double(step) / Double(count), Double(step + 1) / Double(count))
        return Float(min(1 - remaining(to) / remaining(from), 0.999))
      }
    }
  }

  /// `torch.linspace` in float32: counted from both ends, multiplication and addition fused.
  private static func linearSpace(_ start: Double, _ end: Double, _ count: Int) -> [Float] {
    let (start, end) = (Float(start), Float(end))
    let step = (end - start) / Float(count - 1)
    return (0..<count).map { index in
      index < count / 2
        ? start.addingProduct(step, Float(index)) : end.addingProduct(-step, Float(count - 1 - index))
    }
  }
}
