import NegativeSpaceKernels
import NegativeSpaceNetworks
package import NegativeSpaceSampling
package import NegativeSpaceTensors

extension DiffusionModel {
  /// Begins a generation: encodes the prompts and draws the latents.
  ///
  /// Parts that are not loaded yet are loaded.
  ///
  /// - Parameter isLast: whether the text encoder is let go of after it, and the denoiser after the steps, which saves
  ///   their memory; a further generation would read them again.
  /// - Throws: `RequestError`, `ModelError`, errors in the weights.
  public func start(_ request: GenerationRequest, isLast: Bool = false) throws -> Generation {
    let run = try prepared(request, releasingText: isLast)
    let denoising = Denoising(
      run.sampler, latents: run.latents, from: run.firstCall, region: run.region, noise: run.noise,
      prediction: run.request.computed(run.guided.prediction()))
    let model = run.model
    return Generation(
      run.request, denoising, release: isLast ? { [parts] in parts.releaseDenoiser() } : {},
      autoencoder: { [parts] in try parts.autoencoder(model) }, warnings: run.warnings, notes: run.notes)
  }

  /// All that a generation needs before its first step.
  ///
  /// - Parameter releasingText: whether the text encoder is let go of.
  /// - Throws: as `start`.
  package func prepared(_ request: GenerationRequest, releasingText: Bool = false) throws -> PreparedRun {
    try request.validate()
    let model = try requested(request)
    let request = try model.resolved(request)
    let sampler = try model.sampler(request)
    let text = try PromptConditioner(model, parts, request).states(calls: sampler.timesteps.count)
    if releasingText { parts.releaseTextEncoder() }

    var random = RandomNoise(
      request.rng.algorithm.source(seed: request.seed.number ?? 0),
      layout: files.denoiser.habits.drawsNoiseByFrame ? .frames : .video)
    let start = try StartingPoint(request, model, parts, sampler, noise: &random)
    let noise: any NoiseSource =
      try request.noise.map { try StackedNoise(contentsOf: $0, for: start.latents.shape) } ?? random

    let told = try text.conditioning(request, calls: sampler.timesteps.count, from: start.firstCall)
    var guided = GuidedDenoiser(try parts.denoiser(model), try request.guidance(model.defaults)) { told(at: $0) }
    guided.fps = request.fpsCondition.map { Float($0) }
    guided.maskChannels = start.maskChannels
    guided.control = try controlGuide(request, model, from: start.firstCall)
    guided.featureInterval = request.featureInterval
    guided.negativeNetwork = try parts.negativeDenoiser(model)
    guided.attention = try request.attentionRule()
    guided.disturbed =
      try model.negativeModel == nil || guided.guidance.rule.disturbance?.isUnconditional != true
      ? guided.guidance.rule.disturbance?.blocks(of: guided.network) : nil
    return PreparedRun(
      request: request, model: model, sampler: sampler, latents: start.latents, firstCall: start.firstCall,
      region: start.region, noise: noise, guided: guided,
      warnings: text.warnings + request.slowness + (try request.idleGuidance(model.defaults)), notes: text.notes)
  }

  /// The ControlNets of a resolved request with their pictures read.
  private func controlGuide(
    _ request: GenerationRequest, _ model: RequestedModel, from firstCall: Int
  ) throws -> ControlGuide? {
    guard !request.controls.isEmpty else { return nil }
    let networks = try parts.controlNets(request.controls.map(\.net), dtype: dtype)
    let members = zip(zip(request.controls, networks), try model.controlPictures(request)).map { pair, pictures in
      ControlGuide.Member(
        pair.1, control: pair.1.embedding(of: pictures), strength: Float(pair.0.strength),
        interval: pair.0.guidanceStart...pair.0.guidanceEnd)
    }
    return ControlGuide(members, firstCall: firstCall)
  }
}

/// A generation before its first step.
package struct PreparedRun {
  /// With nothing left open.
  package let request: GenerationRequest
  package let model: RequestedModel
  package let sampler: any Sampler
  /// With the noise that the first call expects.
  package let latents: Tensor
  package let firstCall: Int
  package let region: RepaintedRegion?
  package let noise: any NoiseSource
  package let guided: GuidedDenoiser
  package let warnings: [String]
  package let notes: [String]
}

extension GenerationRequest {
  /// The prediction by the arithmetic that is asked for.
  fileprivate func computed(_ prediction: @escaping GuidedPrediction) -> GuidedPrediction {
    guard int8 else { return prediction }
    return { latents, call in
      try Compute.$backend.withValue(Int8Backend(Compute.backend)) { try prediction(latents, call) }
    }
  }

  /// Warnings of requested options that are slower here than what they replace.
  fileprivate var slowness: [String] {
    int8 && !Int8Backend.isNative
      ? ["this processor has no instructions for 8-bit integers (AVX-512 VNNI), so that int8 is slower, not faster"]
      : []
  }
}

extension RandomNumbers {
  var algorithm: RandomAlgorithm {
    switch self {
    case .torch: .torch
    case .nv: .nv
    case .numpy: .numpy
    }
  }
}
