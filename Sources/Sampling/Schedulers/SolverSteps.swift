import Foundation
package import NegativeSpaceTensors

/// The steps of DPM-Solver++ and UniPC: latents are α · x₀ + σ · ε with α² + σ² = 1, and widths are counted in
/// λ = log(α/σ).
package struct SolverSteps: SamplerSteps {
  package let timesteps: [Float]
  /// σ/α of each step, and after the last.
  let sigmas: [Float]

  /// The class of diffusers to follow where its two differ.
  enum Habit {
    /// Clips the noisy end, leaves the timesteps of a cosine schedule unrounded, and knows no sigma limits.
    case dpmSolver
    case uniPC
  }

  init(_ configuration: SchedulerConfiguration, steps count: Int, as habit: Habit, for name: String) throws {
    try configuration.check(steps: count, for: name)
    try configuration.refuse("thresholding", configuration.thresholding, for: name)
    try configuration.refuse("use_beta_sigmas", configuration.useBetaSigmas, for: name)
    try configuration.refuse("use_flow_sigmas", configuration.useFlowSigmas, for: name)

    let table = SigmaTable(try NoiseSchedule(configuration).finiteSigmas)
    let (lowest, highest) = (table.sigmas[0], table.sigmas[table.sigmas.count - 1])
    let limits = habit == .uniPC ? try configuration.sigmaLimits() : (highest: nil, lowest: nil)
    let spacing = try configuration.sigmaSchedule()
    let isZeroLast = configuration.finalSigmas ?? .zero == .zero

    if let levels = spacing.levels(
      from: limits.highest ?? Double(highest), to: limits.lowest ?? Double(lowest), count: count)
    {
      // Karras' timesteps are rounded; what is left of a fraction is cut off.
      let rounds = spacing == .karras && (habit == .uniPC || configuration.betaSchedule != .cosine)
      timesteps = levels.map { level in
        let timestep = table.timestep(of: level)
        return Float(Int(rounds ? timestep.rounded(.toNearestOrEven) : timestep))
      }
      let last = habit == .uniPC ? Float(levels[levels.count - 1]) : lowest
      sigmas = levels.map { Float($0) } + [isZeroLast ? 0 : last]
      return
    }
    let last = habit == .dpmSolver ? Self.unclipped(table, least: configuration.lambdaMinClipped) : table.sigmas.count
    let chosen = (configuration.spacing ?? .linspace).solverTimesteps(
      count, last: last, of: table.sigmas.count, offset: configuration.stepsOffset ?? 0)
    timesteps = chosen.map { Float(Int($0)) }
    sigmas = chosen.map { Float(table.sigma(at: $0)) } + [isZeroLast ? 0 : lowest]
  }

  package func noised(_ original: Tensor, with noise: Tensor, at call: Int) -> Tensor {
    let (alpha, sigma) = parts(call)
    return alpha * original + sigma * noise
  }

  /// α and σ before step `call`.
  func parts(_ call: Int) -> (alpha: Float, sigma: Float) {
    let alpha = 1 / (sigmas[call] * sigmas[call] + 1).squareRoot()
    return (alpha, sigmas[call] * alpha)
  }

  /// λ = log α − log σ, half the log of the signal-to-noise ratio; infinite where no noise is left.
  func logRatio(_ call: Int) -> Float {
    let (alpha, sigma) = parts(call)
    return log(alpha) - log(sigma)
  }

  /// Number of timesteps, from the clean end, with λ = −log(σ/α) of at least `lambda_min_clipped`.
  private static func unclipped(_ table: SigmaTable, least: Double?) -> Int {
    guard let least else { return table.sigmas.count }
    let clipped = table.sigmas.reversed().prefix { -log(Double($0)) < least }.count
    return max(2, table.sigmas.count - clipped)
  }
}
