package import NegativeSpaceTensors

/// The steps of the two Euler samplers: latents are x₀ + σ · ε, and the network sees them divided by √(σ² + 1).
package struct EulerSteps: SamplerSteps {
  package let timesteps: [Float]
  /// Noise level of each step, and after the last.
  let sigmas: [Float]
  package let initialNoiseScale: Float
  let prediction: Prediction

  /// - Parameters:
  ///   - final: The level after the last step.
  init(_ configuration: SchedulerConfiguration, steps count: Int, final: FinalSigma, for name: String) throws {
    try configuration.check(steps: count, for: name)
    try configuration.refuse("use_beta_sigmas", configuration.useBetaSigmas, for: name)
    try configuration.require("interpolation_type", configuration.interpolation, in: ["linear"], for: name)
    try configuration.require("timestep_type", configuration.timestepType, in: ["discrete"], for: name)
    prediction = configuration.prediction ?? .epsilon

    let table = SigmaTable(try NoiseSchedule(configuration).finiteSigmas)
    let spacing = configuration.spacing ?? .linspace
    // Timesteps pass through float32 before their levels are looked up.
    let chosen = spacing.timesteps(count, of: table.sigmas.count, offset: configuration.stepsOffset ?? 0)
      .map { Float($0) }
    var levels = chosen.map { table.sigma(at: Double($0)) }
    let limits = try configuration.sigmaLimits()
    let respaced = try configuration.sigmaSchedule().levels(
      from: limits.highest ?? levels[0], to: limits.lowest ?? levels[levels.count - 1], count: count)
    if let respaced {
      levels = respaced
      timesteps = respaced.map { Float(table.timestep(of: $0)) }
    } else {
      timesteps = chosen
    }
    sigmas = levels.map { Float($0) } + [final == .zero ? 0 : table.sigmas[0]]

    let highest = sigmas.max() ?? 0
    initialNoiseScale = spacing == .leading ? (highest * highest + 1).squareRoot() : highest
  }

  package func modelInput(_ latents: Tensor, at call: Int) -> Tensor {
    latents / (sigmas[call] * sigmas[call] + 1).squareRoot()
  }

  package func noised(_ original: Tensor, with noise: Tensor, at call: Int) -> Tensor {
    original + sigmas[call] * noise
  }
}
