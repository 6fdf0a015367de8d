import Foundation

/// The spacing of the steps' noise levels.
public enum SigmaSchedule: String, CaseIterable, Sendable {
  /// The levels that training had at the chosen timesteps.
  case discrete
  /// Evenly spaced in sigma^(1/7) (Karras et al., arXiv:2206.00364, equation 5).
  case karras
  /// Evenly spaced in log sigma.
  case exponential

  /// The schedule with a name.
  public init(named name: String) throws {
    guard let found = Self(rawValue: name) else {
      throw SamplingError.unknownSchedule(name: name, known: Self.allCases.map(\.rawValue))
    }
    self = found
  }

  /// Falling noise levels from `highest` to `lowest`; nil for `discrete`, which has its own.
  func levels(from highest: Double, to lowest: Double, count: Int) -> [Double]? {
    switch self {
    case .discrete:
      return nil
    case .karras:
      let (top, bottom) = (pow(highest, 1 / 7.0), pow(lowest, 1 / 7.0))
      return evenlySpaced(0, 1, count).map { pow(top + $0 * (bottom - top), 7) }
    case .exponential:
      return evenlySpaced(log(highest), log(lowest), count).map { exp($0) }
    }
  }
}

extension SigmaSchedule: Codable {
  /// Reads a name.
  public init(from decoder: any Decoder) throws {
    try self.init(named: decoder.singleValueContainer().decode(String.self))
  }
}

extension SchedulerConfiguration {
  /// The highest and lowest level that the configuration fixes, if it does.
  func sigmaLimits() throws -> (highest: Double?, lowest: Double?) {
    for (key, value) in [("sigma_max", sigmaMax), ("sigma_min", sigmaMin)] {
      guard let value, !(value > 0 && value.isFinite) else { continue }
      throw Self.error(key, found: "\(value)", expected: "a number above 0")
    }
    return (sigmaMax, sigmaMin)
  }

  /// The sigma schedule that the flags ask for.
  func sigmaSchedule() throws -> SigmaSchedule {
    switch (useKarrasSigmas ?? false, useExponentialSigmas ?? false) {
    case (false, false): return .discrete
    case (true, false): return .karras
    case (false, true): return .exponential
    case (true, true):
      throw Self.error("use_karras_sigmas", found: "true", expected: "false, since use_exponential_sigmas is true too")
    }
  }
}

/// The noise levels of training, read between timesteps.
struct SigmaTable {
  /// Rising with the timestep.
  let sigmas: [Float]
  private let logarithms: [Float]

  init(_ sigmas: [Float]) {
    self.sigmas = sigmas
    logarithms = sigmas.map { log($0) }
  }

  /// The level at a fractional timestep, linear between whole ones.
  func sigma(at timestep: Double) -> Double {
    let last = sigmas.count - 1
    if timestep >= Double(last) { return Double(sigmas[last]) }
    let below = max(0, Int(timestep))
    let (low, high) = (Double(sigmas[below]), Double(sigmas[below + 1]))
    return (high - low) * (max(0, timestep) - Double(below)) + low
  }

  /// The fractional timestep of a level, linear in its logarithm between whole ones.
  func timestep(of sigma: Double) -> Double {
    let logarithm = log(max(sigma, 1e-10))
    let found = logarithms.lastIndex { Double($0) <= logarithm } ?? 0
    let below = min(found, logarithms.count - 2)
    let (low, high) = (logarithms[below], logarithms[below + 1])
    let weight = min(max((Double(low) - logarithm) / Double(low - high), 0), 1)
    return (1 - weight) * Double(below) + weight * Double(below + 1)
  }
}

/// `numpy.linspace`: `count` values from `start` through `end`.
func evenlySpaced(_ start: Double, _ end: Double, _ count: Int) -> [Double] {
  guard count > 1 else { return [start] }
  let step = (end - start) / Double(count - 1)
  return (0..<count).map { $0 == count - 1 ? end : Double($0) * step + start }
}
