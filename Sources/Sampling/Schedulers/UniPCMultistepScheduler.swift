package import NegativeSpaceTensors

/// A predictor and corrector of one form (arXiv:2302.04867), as in diffusers' `UniPCMultistepScheduler`.
package struct UniPCMultistepScheduler: Sampler {
  package let steps: SolverSteps
  private let prediction: Prediction
  private let order: Int
  private let solver: UniPCUpdate.Solver
  /// Whether it works on clean samples, otherwise on noise.
  private let predictsClean: Bool
  private let lowerOrderFinal: Bool
  /// Steps after which the corrector does nothing.
  private let uncorrected: Set<Int>

  package init(_ configuration: SchedulerConfiguration, steps count: Int) throws {
    let name = "UniPCMultistepScheduler"
    steps = try SolverSteps(configuration, steps: count, as: .uniPC, for: name)
    try configuration.refuse("solver_p", configuration.hasSolverP, for: name)
    // The solver types of other classes mean the default, as in diffusers.
    let solvers = UniPCUpdate.Solver.allCases.map(\.rawValue)
    let others = ["midpoint", "heun", "logrho"]
    try configuration.require("solver_type", configuration.solver, in: solvers + others, for: name)
    solver = configuration.solver.flatMap { UniPCUpdate.Solver(rawValue: $0) } ?? .bh2
    order = configuration.solverOrder ?? 2
    try configuration.require("solver_order", "\(order)", in: ["1", "2", "3"], for: name)
    prediction = configuration.prediction ?? .epsilon
    predictsClean = configuration.predictX0 ?? true
    lowerOrderFinal = configuration.lowerOrderFinal ?? true
    uncorrected = Set(configuration.disableCorrector ?? [])
    // Otherwise the last step divides by zero, in diffusers too.
    guard predictsClean && (lowerOrderFinal || order == 1) || configuration.finalSigmas == .sigmaMin else {
      throw SamplingError.unsupported(
        scheduler: name, key: predictsClean ? "lower_order_final" : "predict_x0",
        value: "false and final_sigmas_type = zero", supported: ["final_sigmas_type = sigma_min"])
    }
  }

  package func step(
    _ output: Tensor, from latents: Tensor, at call: Int, history: inout SamplerHistory,
    noise: inout any NoiseSource
  ) throws -> (latents: Tensor, denoised: Tensor) {
    let (alpha, sigma) = steps.parts(call)
    let denoised = prediction.denoised(output, from: latents, signal: alpha, noise: sigma)
    let current =
      predictsClean ? denoised : prediction.noise(output, from: latents, signal: alpha, noise: sigma)

    // The latents that came here are corrected with the network's output here.
    var latents = latents
    if let before = history.latents, !uncorrected.contains(call - 1) {
      let update = update(from: call - 1, order: order(at: call - 1, known: history.outputs.count))
      latents = update.corrected(before, outputs: history.outputs, current: current)
    }

    history.remember(current, limit: order)
    history.latents = latents
    let update = update(from: call, order: order(at: call, known: history.outputs.count))
    return (update.predicted(latents, outputs: history.outputs), denoised)
  }

  /// The order of the step from `call`, with `known` outputs, that of the call among them.
  private func order(at call: Int, known: Int) -> Int {
    min(order, known, lowerOrderFinal ? timesteps.count - call : order)
  }

  private func update(from call: Int, order: Int) -> UniPCUpdate {
    UniPCUpdate(
      from: steps.parts(call), to: steps.parts(call + 1),
      logRatios: (0..<order).map { steps.logRatio(call - $0) }, nextLogRatio: steps.logRatio(call + 1), solver: solver,
      predictsClean: predictsClean)
  }
}
