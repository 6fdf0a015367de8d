package import NegativeSpaceTensors

/// One call of the network within a series.
package struct ModelCall: Sendable, Equatable {
  /// From 0.
  package let index: Int
  /// Number of calls in the whole series, also when it is started late.
  package let count: Int
  /// Timestep given to the network; fractional for some samplers.
  package let timestep: Float

  package init(index: Int, count: Int, timestep: Float) {
    self.index = index
    self.count = count
    self.timestep = timestep
  }
}

/// A network's guided prediction with everything but latents and time settled: prompt, guidance, control.
///
/// It gets float32 latents, scaled as the network expects them, and returns float32.
package typealias GuidedPrediction = (_ input: Tensor, _ call: ModelCall) throws -> Tensor

/// The result of one step.
package struct DenoisingStep: Sendable {
  package let call: ModelCall
  /// The latents after the step.
  package let latents: Tensor
  /// The clean sample as the network sees it now: a preview.
  package let denoised: Tensor
}

/// The way from noise to a sample, one step at a time.
///
///     var denoising = Denoising(sampler, initialNoise: noise, noise: source) { input, call in … }
///     while let step = try denoising.next() { progress(step.call) }
///     return denoising.latents
///
/// The caller may stop at any step; `latents` is where it stands.
package struct Denoising {
  package let sampler: any Sampler
  /// The latents after the last step made.
  package private(set) var latents: Tensor
  private let region: RepaintedRegion?
  private let prediction: GuidedPrediction
  private var noise: any NoiseSource
  private var history = SamplerHistory()
  private var index: Int

  /// From standard normal noise, which the sampler scales.
  package init(
    _ sampler: any Sampler, initialNoise: Tensor, noise: any NoiseSource, prediction: @escaping GuidedPrediction
  ) {
    let latents = initialNoise * sampler.initialNoiseScale
    self.init(sampler, latents: latents, from: 0, noise: noise, prediction: prediction)
  }

  /// From latents that already have the noise of call `first`, as `Sampler.noised` makes them.
  ///
  /// - Parameter region: the only part that may change, put into its surroundings after every step.
  package init(
    _ sampler: any Sampler, latents: Tensor, from first: Int, region: RepaintedRegion? = nil, noise: any NoiseSource,
    prediction: @escaping GuidedPrediction
  ) {
    self.sampler = sampler
    self.latents = latents
    self.region = region
    self.noise = noise
    self.prediction = prediction
    index = first
  }

  /// The call that the next step makes; nil at the end.
  package var upcoming: ModelCall? {
    let timesteps = sampler.timesteps
    guard index < timesteps.count else { return nil }
    return ModelCall(index: index, count: timesteps.count, timestep: timesteps[index])
  }

  /// Makes one step; nil when there is none left.
  ///
  /// - Throws: The prediction's own error, or `SamplingError` when a value is not finite or noise runs out. The
  ///   latents are then those before the step.
  package mutating func next() throws -> DenoisingStep? {
    guard let call = upcoming else { return nil }
    let output = try prediction(sampler.modelInput(latents, at: index), call)
    try check(output, "the network's output", call)
    let (stepped, denoised) = try sampler.step(output, from: latents, at: index, history: &history, noise: &noise)
    try check(stepped, "a latent", call)
    latents = region?.restored(in: stepped, after: call.index, of: sampler) ?? stepped
    history.count += 1
    index += 1
    return DenoisingStep(call: call, latents: latents, denoised: denoised)
  }

  /// Makes all steps that are left and returns the final latents.
  package mutating func run(_ onStep: (DenoisingStep) throws -> Void = { _ in }) throws -> Tensor {
    while let step = try next() { try onStep(step) }
    return latents
  }

  /// Makes the steps before call `index` without a record for gradients.
  package mutating func advance(to index: Int) throws {
    while let call = upcoming, call.index < index { _ = try withoutGradients { try next() } }
  }

  /// The clean sample as the network would see it at the upcoming call, recorded for gradients; nil at the end.
  ///
  /// The run stays where it is. Only for samplers whose first step needs no earlier one.
  package func estimate() throws -> Tensor? {
    guard let call = upcoming else { return nil }
    let output = try prediction(sampler.modelInput(latents, at: index), call)
    var (history, noise) = (SamplerHistory(), noise)
    return try sampler.step(output, from: latents, at: call.index, history: &history, noise: &noise).denoised
  }

  private func check(_ values: Tensor, _ what: String, _ call: ModelCall) throws {
    if values.isFinite { return }
    throw SamplingError.notFinite(what: what, step: call.index + 1, count: call.count, timestep: call.timestep)
  }
}
