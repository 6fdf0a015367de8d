import Foundation
package import Tensors

/// DPM-Solver++ of first and second order (arXiv:2211.01095), as in diffusers' `DPMSolverMultistepScheduler`.
///
/// Known elsewhere as DPM++ 2M. Latents are α · x₀ + σ · ε with α² + σ² = 1.
package struct DPMSolverMultistepScheduler: Sampler {
  package let timesteps: [Float]
  /// σ/α of each step, and after the last.
  let sigmas: [Float]
  private let prediction: Prediction
  private let order: Int
  private let solver: Solver
  /// Whether the last step falls to first order.
  private let firstOrderAtEnd: Bool

  private enum Solver: String, CaseIterable { case midpoint, heun }

  package init(_ configuration: SchedulerConfiguration, steps count: Int) throws {
    let name = "DPMSolverMultistepScheduler"
    try configuration.check(steps: count, for: name)
    try configuration.refuse("thresholding", configuration.thresholding, for: name)
    try configuration.refuse("use_beta_sigmas", configuration.useBetaSigmas, for: name)
    try configuration.refuse("use_lu_lambdas", configuration.useLuLambdas, for: name)
    try configuration.refuse("use_flow_sigmas", configuration.useFlowSigmas, for: name)
    try configuration.require("variance_type", configuration.varianceType, in: [], for: name)
    // "deis" and the solver types of other classes mean the defaults, as in diffusers.
    try configuration.require("algorithm_type", configuration.algorithm, in: ["dpmsolver++", "deis"], for: name)
    let solvers = Solver.allCases.map(\.rawValue)
    try configuration.require("solver_type", configuration.solver, in: solvers + ["logrho", "bh1", "bh2"], for: name)
    solver = configuration.solver.flatMap { Solver(rawValue: $0) } ?? .midpoint
    order = configuration.solverOrder ?? 2
    try configuration.require("solver_order", "\(order)", in: ["1", "2"], for: name)
    prediction = configuration.prediction ?? .epsilon

    let table = SigmaTable(try NoiseSchedule(configuration).finiteSigmas)
    let steps = try Steps(configuration, table: table, count: count)
    timesteps = steps.timesteps.map { Float($0) }
    let final = configuration.finalSigmas ?? .zero
    sigmas = steps.sigmas.map { Float($0) } + [final == .zero ? 0 : table.sigmas[0]]
    firstOrderAtEnd =
      final == .zero || configuration.eulerAtFinal ?? false
      || (configuration.lowerOrderFinal ?? true && steps.timesteps.count < 15)
  }

  package func noised(_ original: Tensor, with noise: Tensor, at call: Int) -> Tensor {
    let (alpha, sigma) = parts(call)
    return alpha * original + sigma * noise
  }

  package func step(
    _ output: Tensor, from latents: Tensor, at call: Int, history: inout SamplerHistory,
    noise: inout any NoiseSource
  ) throws -> (latents: Tensor, denoised: Tensor) {
    let (alpha, sigma) = parts(call)
    let denoised = prediction.denoised(output, from: latents, signal: alpha, noise: sigma)
    let previous = history.outputs.last
    history.remember(denoised, limit: order)

    let isLast = call == timesteps.count - 1
    guard order == 2, let previous, !(isLast && firstOrderAtEnd) else {
      return (firstOrder(denoised, from: latents, at: call), denoised)
    }
    return (secondOrder(denoised, after: previous, from: latents, at: call), denoised)
  }

  /// Equation 9 with one term, the same as DDIM's.
  private func firstOrder(_ denoised: Tensor, from latents: Tensor, at call: Int) -> Tensor {
    let (alpha, sigma) = parts(call + 1)
    let factor = alpha * (exp(-(logRatio(call + 1) - logRatio(call))) - 1)
    return sigma / parts(call).sigma * latents - factor * denoised
  }

  /// Algorithm 2: the change since the previous clean sample is carried on.
  private func secondOrder(_ denoised: Tensor, after previous: Tensor, from latents: Tensor, at call: Int) -> Tensor {
    let (alpha, sigma) = parts(call + 1)
    let width = logRatio(call + 1) - logRatio(call)
    let ratio = (logRatio(call) - logRatio(call - 1)) / width
    let change = 1 / ratio * (denoised - previous)
    let decay = exp(-width) - 1
    let base = sigma / parts(call).sigma * latents - alpha * decay * denoised
    return switch solver {
    case .midpoint: base - 0.5 * (alpha * decay) * change
    case .heun: base + alpha * (decay / width + 1) * change
    }
  }

  /// α and σ before step `call`.
  private func parts(_ call: Int) -> (alpha: Float, sigma: Float) {
    let alpha = 1 / (sigmas[call] * sigmas[call] + 1).squareRoot()
    return (alpha, sigmas[call] * alpha)
  }

  /// λ = log α − log σ, half the log of the signal-to-noise ratio.
  private func logRatio(_ call: Int) -> Float {
    let (alpha, sigma) = parts(call)
    return log(alpha) - log(sigma)
  }
}

extension DPMSolverMultistepScheduler {
  /// Where the steps stand.
  private struct Steps {
    let timesteps: [Int]
    let sigmas: [Double]

    init(_ configuration: SchedulerConfiguration, table: SigmaTable, count: Int) throws {
      let spacing = try configuration.sigmaSchedule()
      let (lowest, highest) = (table.sigmas[0], table.sigmas[table.sigmas.count - 1])
      if let levels = spacing.levels(from: Double(highest), to: Double(lowest), count: count) {
        sigmas = levels
        // Karras' timesteps are rounded but for the cosine schedule; what is left of a fraction is cut off.
        let rounds = spacing == .karras && configuration.betaSchedule != .cosine
        timesteps = levels.map { level in
          let timestep = table.timestep(of: level)
          return Int(rounds ? timestep.rounded(.toNearestOrEven) : timestep)
        }
        return
      }
      let chosen = (configuration.spacing ?? .linspace).solverTimesteps(
        count, last: Self.unclipped(table, least: configuration.lambdaMinClipped), of: table.sigmas.count,
        offset: configuration.stepsOffset ?? 0)
      timesteps = chosen.map { Int($0) }
      sigmas = chosen.map { table.sigma(at: $0) }
    }

    /// How many timesteps, from the clean end, have λ = −log(σ/α) of at least `lambda_min_clipped`.
    private static func unclipped(_ table: SigmaTable, least: Double?) -> Int {
      guard let least else { return table.sigmas.count }
      let clipped = table.sigmas.reversed().prefix { -log(Double($0)) < least }.count
      return max(2, table.sigmas.count - clipped)
    }
  }
}
