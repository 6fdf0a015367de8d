import Foundation
package import NegativeSpaceTensors

/// DPM-Solver++ of first and second order (arXiv:2211.01095), as in diffusers' `DPMSolverMultistepScheduler`.
///
/// Known elsewhere as DPM++ 2M.
package struct DPMSolverMultistepScheduler: Sampler {
  package let steps: SolverSteps
  private let prediction: Prediction
  private let order: Int
  private let solver: Solver
  /// Whether the last step falls to first order.
  private let firstOrderAtEnd: Bool

  private enum Solver: String, CaseIterable { case midpoint, heun }

  package init(_ configuration: SchedulerConfiguration, steps count: Int) throws {
    let name = "DPMSolverMultistepScheduler"
    steps = try SolverSteps(configuration, steps: count, as: .dpmSolver, for: name)
    try configuration.refuse("use_lu_lambdas", configuration.useLuLambdas, for: name)
    let fixed = ["fixed_small", "fixed_small_log", "fixed_large", "fixed_large_log"]
    try configuration.require("variance_type", configuration.varianceType, in: fixed, for: name)
    // "deis" and the solver types of other classes mean the defaults, as in diffusers.
    try configuration.require("algorithm_type", configuration.algorithm, in: ["dpmsolver++", "deis"], for: name)
    let solvers = Solver.allCases.map(\.rawValue)
    try configuration.require("solver_type", configuration.solver, in: solvers + ["logrho", "bh1", "bh2"], for: name)
    solver = configuration.solver.flatMap { Solver(rawValue: $0) } ?? .midpoint
    order = configuration.solverOrder ?? 2
    try configuration.require("solver_order", "\(order)", in: ["1", "2"], for: name)
    prediction = configuration.prediction ?? .epsilon
    firstOrderAtEnd =
      configuration.finalSigmas ?? .zero == .zero || configuration.eulerAtFinal ?? false
      || (configuration.lowerOrderFinal ?? true && steps.timesteps.count < 15)
  }

  package func step(
    _ output: Tensor, from latents: Tensor, at call: Int, history: inout SamplerHistory,
    noise: inout any NoiseSource
  ) throws -> (latents: Tensor, denoised: Tensor) {
    let (alpha, sigma) = steps.parts(call)
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
    let (alpha, sigma) = steps.parts(call + 1)
    let factor = alpha * (exp(-(steps.logRatio(call + 1) - steps.logRatio(call))) - 1)
    return sigma / steps.parts(call).sigma * latents - factor * denoised
  }

  /// Algorithm 2: the change since the previous clean sample is carried on.
  private func secondOrder(_ denoised: Tensor, after previous: Tensor, from latents: Tensor, at call: Int) -> Tensor {
    let (alpha, sigma) = steps.parts(call + 1)
    let width = steps.logRatio(call + 1) - steps.logRatio(call)
    let ratio = (steps.logRatio(call) - steps.logRatio(call - 1)) / width
    let change = 1 / ratio * (denoised - previous)
    let decay = exp(-width) - 1
    let base = sigma / steps.parts(call).sigma * latents - alpha * decay * denoised
    return switch solver {
    case .midpoint: base - 0.5 * (alpha * decay) * change
    case .heun: base + alpha * (decay / width + 1) * change
    }
  }
}
