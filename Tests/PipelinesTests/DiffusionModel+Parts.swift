import NegativeSpaceNetworks
import NegativeSpacePipelines

/// The parts that a request's generation would use, for tests that look at one of them.
extension DiffusionModel {
  func denoiser(_ request: GenerationRequest = GenerationRequest()) throws -> any Denoiser {
    try parts.denoiser(requested(request))
  }

  func autoencoder(_ request: GenerationRequest = GenerationRequest()) throws -> any LatentCodec {
    try parts.autoencoder(requested(request))
  }

  func promptEncoder(_ request: GenerationRequest = GenerationRequest()) throws -> PromptEncoder {
    try parts.promptEncoder(requested(request))
  }
}
