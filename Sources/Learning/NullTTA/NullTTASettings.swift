/// Settings of the search for a negative for each step (Null-TTA, arXiv:2511.20889).
///
/// The paper's numbers where they could be read; weights, spread and rate are chosen for the family that ships.
public struct NullTTASettings: Sendable, Hashable {
  /// How the slope of the objective is found.
  public enum Slope: String, Sendable, CaseIterable {
    /// By the backward pass.
    case backward
    /// By differences in random directions, for rewards that have no gradient.
    case zerothOrder = "zeroth-order"
  }

  /// Inner steps at the first call: n_min.
  public var fewestSteps = 1
  /// Inner steps at the last call: n_max; with 0 the particles alone are searched.
  public var mostSteps = 10
  /// γ, the rate at which inner steps rise and the restraint falls, a timestep of training.
  public var growth: Float = 0.008
  /// λ₁, weight of the reward.
  public var rewardWeight: Float = 1
  /// λ₂ at the first call, weight of both restraints.
  public var restraint: Float = 0.1
  /// σ_φ: how far from where it starts a negative is expected to be.
  public var spread: Float = 10
  /// Learning rate of the inner steps (Adam).
  public var rate: Float = 0.01
  /// K: samples of each transition, of which the one with the highest reward goes on.
  public var particles = 3
  /// How the slope is found.
  public var slope = Slope.backward
  /// Directions of a slope of the zeroth order: K.
  public var directions = 4
  /// Length of a step in each direction: μ.
  public var directionLength: Float = 0.05
  /// Weight of a clip's flicker against its frames' reward.
  public var flicker: Float = 0

  /// The defaults.
  public init() {}

  /// All of them in words.
  var summary: String {
    "\(fewestSteps) to \(mostSteps) steps at \(rate), growth \(growth), restraint \(restraint), \(particles) particles, "
      + "slope \(slope.rawValue)"
  }

  /// Refuses what cannot be followed.
  ///
  /// - Throws: `LearningError.setting`.
  package func validate() throws {
    try LearningError.requirePositive([("particles", particles), ("directions", directions)])
    for (name, value, most) in [("searchSteps", mostSteps, 10_000), ("particles", particles, 1000)] where value > most {
      throw LearningError.setting(name, found: "\(value)", expected: "at most \(most)")
    }
    if mostSteps < 0 || mostSteps == 0 && particles == 1 {
      let least = particles == 1 ? "at least 1 where there is one particle" : "0 or more"
      throw LearningError.setting("searchSteps", found: "\(mostSteps)", expected: least)
    }
    guard (0...mostSteps).contains(fewestSteps) else {
      throw LearningError.setting("fewestSteps", found: "\(fewestSteps)", expected: "0 to \(mostSteps), the most")
    }
    for (name, value) in [
      ("growth", growth), ("rewardWeight", rewardWeight), ("searchRestraint", restraint), ("flicker", flicker),
    ] where !(value >= 0 && value.isFinite) {
      throw LearningError.setting(name, found: "\(value)", expected: "a number that is not negative")
    }
    for (name, value) in [("spread", spread), ("searchRate", rate), ("directionLength", directionLength)]
    where !(value > 0 && value <= 100) {
      // States are about 1: what is beyond leaves what networks can read.
      throw LearningError.setting(name, found: "\(value)", expected: "a number above 0, at most 100")
    }
  }

  /// Inner steps at a timestep: few in noise, many near the end.
  package func steps(at timestep: Float) -> Int {
    let risen = 1 - Self.fallen(growth, timestep)
    let whole = max(1 - Self.fallen(growth, 0), .leastNormalMagnitude)
    return fewestSteps + Int((Float(mostSteps - fewestSteps) * risen / whole).rounded())
  }

  /// λ₂ at a timestep.
  package func restraint(at timestep: Float) -> Float { restraint * Self.fallen(growth, timestep) }
}

extension NullTTASettings {
  /// e^(−γ (1000 − t)).
  private static func fallen(_ growth: Float, _ timestep: Float) -> Float {
    Float(exponential: -growth * max(0, 1000 - timestep))
  }
}
