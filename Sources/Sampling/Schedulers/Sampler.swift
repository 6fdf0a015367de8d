package import NegativeSpaceTensors

/// A way from noise to a sample in a fixed series of network calls.
///
/// A sampler is made for a noise schedule and a number of steps and does not change; what it has to remember between
/// calls is handed to it. One step is one call of the network, so a method that calls twice for one time step, or warms
/// up, has more `timesteps` than steps. It knows nothing about the network but what it predicts.
package protocol Sampler: Sendable {
  associatedtype Steps: SamplerSteps

  /// The calls' timesteps and noise levels.
  var steps: Steps { get }

  /// One step: from the network's output at `call` to the next latents, and the clean sample the output means.
  ///
  /// Noise is taken from the source only where its factor is not zero.
  func step(
    _ output: Tensor, from latents: Tensor, at call: Int, history: inout SamplerHistory,
    noise: inout any NoiseSource
  ) throws -> (latents: Tensor, denoised: Tensor)
}

/// The timesteps of a sampler's calls, and what follows from them alone; samplers that count alike share them.
package protocol SamplerSteps: Sendable {
  /// The timestep of each call of the network, in order; fractional for some.
  var timesteps: [Float] { get }

  /// Factor of standard normal noise before the first call; diffusers' `init_noise_sigma`.
  var initialNoiseScale: Float { get }

  /// The latents as the network has to see them; diffusers' `scale_model_input`.
  func modelInput(_ latents: Tensor, at call: Int) -> Tensor

  /// A clean sample with the noise that `call` expects, to start there from a picture; diffusers' `add_noise`.
  func noised(_ original: Tensor, with noise: Tensor, at call: Int) -> Tensor
}

extension SamplerSteps {
  package var initialNoiseScale: Float { 1 }

  package func modelInput(_ latents: Tensor, at call: Int) -> Tensor { latents }
}

/// The memory of a multistep method between calls; empty at the start, wherever that is.
package struct SamplerHistory: Sendable {
  /// Number of steps made.
  package internal(set) var count = 0
  /// Earlier outputs, in the form the method keeps them, newest last.
  package var outputs: [Tensor] = []
  /// Latents held back for a correction.
  package var latents: Tensor?
  /// A weighted sum of outputs that is not complete yet.
  package var partialSum: Tensor?

  package init() {}

  /// Counts a step, as the loop does after it.
  package mutating func advance() { count += 1 }

  /// Appends an output, keeping the last `limit`.
  mutating func remember(_ output: Tensor, limit: Int) {
    outputs = outputs.suffix(limit - 1) + [output]
  }
}

extension Sampler {
  /// The timestep of each call of the network.
  package var timesteps: [Float] { steps.timesteps }

  /// Factor of standard normal noise before the first call.
  package var initialNoiseScale: Float { steps.initialNoiseScale }

  /// The latents as the network has to see them.
  package func modelInput(_ latents: Tensor, at call: Int) -> Tensor { steps.modelInput(latents, at: call) }

  /// A clean sample with the noise that `call` expects.
  package func noised(_ original: Tensor, with noise: Tensor, at call: Int) -> Tensor {
    steps.noised(original, with: noise, at: call)
  }

  /// The first call of a start from a picture: `strength` 1 makes all calls, 0 none; diffusers' `get_timesteps`.
  ///
  /// - Parameters:
  ///   - strength: 0 to 1, in double precision as Python multiplies it.
  ///   - count: the steps that were asked for; some samplers make more calls.
  package func firstCall(strength: Double, steps count: Int) -> Int {
    let made = min(max(Int(Double(count) * strength), 0), count)
    return made == 0 ? timesteps.count : count - made
  }
}
