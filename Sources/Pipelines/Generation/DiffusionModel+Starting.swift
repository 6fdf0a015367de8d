import NegativeSpaceKernels
import NegativeSpaceNetworks
import NegativeSpaceSampling
import NegativeSpaceTensors

extension DiffusionModel {
  /// Begins a generation: encodes the prompts and draws the latents.
  ///
  /// Parts that are not loaded yet are loaded.
  ///
  /// - Parameter isLast: whether the text encoder is let go of after it, and the denoiser after the steps, which saves
  ///   their memory; a further generation would read them again.
  /// - Throws: `RequestError`, `ModelError`, errors in the weights.
  public func start(_ request: GenerationRequest, isLast: Bool = false) throws -> Generation {
    try request.validate()
    let model = try requested(request)
    let request = try model.resolved(request)
    let text = try PromptConditioner(model, parts, request).states()
    if isLast { parts.releaseTextEncoder() }

    let sampler = try model.sampler(request)
    var random = RandomNoise(
      request.rng.algorithm.source(seed: request.seed.number ?? 0),
      layout: files.denoiser.habits.drawsNoiseByFrame ? .frames : .video)
    let start = try StartingPoint(request, model, parts, sampler, noise: &random)
    let noise: any NoiseSource =
      try request.noise.map { try StackedNoise(contentsOf: $0, for: start.latents.shape) } ?? random

    let own = Conditioning(positive: text.positive, negative: text.negative)
    let mixed = text.mixed.map { Conditioning(positive: $0.positive, negative: $0.negative) }
    let mixing = Float(request.textEncoderInterval[0])...Float(request.textEncoderInterval[1])
    var guided = GuidedDenoiser(try parts.denoiser(model), request.guidance(model.defaults)) { call in
      mixed.flatMap { call.isInside(mixing) ? $0 : nil } ?? own
    }
    guided.negativeNetwork = try parts.negativeDenoiser(model)
    guided.fps = request.fpsCondition.map { Float($0) }
    guided.maskChannels = start.maskChannels
    guided.control = try controlGuide(request, model, from: start.firstCall)
    guided.featureInterval = request.featureInterval
    let denoising = Denoising(
      sampler, latents: start.latents, from: start.firstCall, region: start.region, noise: noise,
      prediction: request.computed(guided.prediction()))
    return Generation(
      request, denoising, release: isLast ? { [parts] in parts.releaseDenoiser() } : {},
      autoencoder: { [parts] in try parts.autoencoder(model) },
      warnings: text.warnings + request.slowness, notes: text.notes)
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

extension GenerationRequest {
  fileprivate func guidance(_ defaults: ModelDefaults) -> Guidance {
    Guidance(
      scale: Float(guidanceScale ?? defaults.guidanceScale), rescale: Float(guidanceRescale),
      interval: Float(guidanceInterval[0])...Float(guidanceInterval[1]))
  }

  /// The prediction by the arithmetic that is asked for.
  fileprivate func computed(_ prediction: @escaping GuidedPrediction) -> GuidedPrediction {
    guard int8 else { return prediction }
    return { latents, call in
      try Compute.$backend.withValue(Int8Backend(Compute.backend)) { try prediction(latents, call) }
    }
  }

  /// Warnings of requested options that are slower here than what they replace.
  fileprivate var slowness: [String] {
    (negativeLoras.isEmpty || (guidanceScale ?? 0) > 1
      ? [] : ["\(field: .negativeLoras) does nothing at a guidance of 1 and less, where no branch is avoided"])
      + (int8 && !Int8Backend.isNative
        ? ["this processor has no instructions for 8-bit integers (AVX-512 VNNI), so that int8 is slower, not faster"]
        : [])
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
