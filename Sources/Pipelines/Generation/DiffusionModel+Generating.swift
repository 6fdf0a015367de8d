import NegativeSpaceKernels
import NegativeSpaceNetworks
import NegativeSpaceSampling
import NegativeSpaceTensors
import NegativeSpaceWeights

extension DiffusionModel {
  /// Begins a generation: encodes the prompts and draws the latents.
  ///
  /// What is not loaded yet is loaded.
  ///
  /// - Parameter isLast: whether the text encoder is let go of after it, and the denoiser after the steps, which saves their memory; a
  ///   further generation would read them again.
  /// - Throws: `RequestError`, `ModelError`, what is wrong with the weights.
  public func start(_ request: GenerationRequest, isLast: Bool = false) throws -> Generation {
    let request = try resolve(request)
    let text = try promptStates(request)
    if isLast { releaseTextEncoder() }
    let interval = Float(request.guidanceInterval[0])...Float(request.guidanceInterval[1])
    let conditioning = Conditioning(
      guidance: Guidance(
        scale: Float(request.guidanceScale ?? defaults.guidanceScale), rescale: Float(request.guidanceRescale),
        interval: interval),
      positive: text.positive, negative: text.negative, fps: request.fpsCondition.map { Float($0) })

    let sampler = try sampler(request)
    var random = RandomNoise(request.rng.algorithm.source(seed: request.seed), layout: noiseLayout)
    let start = try startingPoint(request, sampler, shape: latentShape(request), noise: &random)
    let noise: any NoiseSource = try request.noise.map { try stackedNoise($0, for: start.latents.shape) } ?? random
    let control = try controlGuide(request, from: start.firstCall)
    let exact = conditioning.denoiser(
      try denoiser(), maskChannels: start.maskChannels, control: control, featureInterval: request.featureInterval)
    let denoiser: Denoiser = { latents, call in
      try Compute.$backend.withValue(request.int8 ? Int8Backend(Compute.backend) : Compute.backend) {
        try exact(latents, call)
      }
    }
    let denoising = Denoising(
      sampler, latents: start.latents, from: start.firstCall, region: start.region, noise: noise, denoiser: denoiser)
    return Generation(
      self, request, denoising, isLast: isLast, warnings: text.warnings + slowness(request), notes: text.notes)
  }

  /// What is asked for and slower here than what it is to replace.
  private func slowness(_ request: GenerationRequest) -> [String] {
    request.int8 && !Int8Backend.isNative
      ? ["this processor has no instructions for 8-bit integers (AVX-512 VNNI), so that int8 is slower, not faster"]
      : []
  }

  /// How the reference lays out a video's noise for the steps.
  private var noiseLayout: RandomNoise.Layout {
    switch denoiserConfiguration {
    case .image, .video: .frames
    case .motion, .lvdm: .video
    }
  }

  /// The engine's layout: (1, h, w, C) or (1, F, h, w, C).
  private func latentShape(_ request: GenerationRequest) -> [Int] {
    let size = [(request.height ?? defaults.height) / factor, (request.width ?? defaults.width) / factor]
    let frames = kind == .image ? [] : [request.frames ?? defaults.frames]
    return [1] + frames + size + [autoencoderConfiguration.latentChannels]
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
