import NegativeSpaceConfiguration
package import NegativeSpaceSampling
import NegativeSpaceWeights

extension RequestedModel {
  /// The sampler's name: the request's, or that of the scheduler's class.
  ///
  /// - Throws: `SamplingError.unknownScheduler` for a class that only the model's file names.
  package func samplerName(_ request: GenerationRequest) throws -> SamplerName {
    try request.sampler ?? SamplerName(of: scheduler(request))
  }

  /// The sampler of a resolved request.
  ///
  /// - Throws: `SamplingError`, `ConfigurationError`.
  package func sampler(_ request: GenerationRequest) throws -> any Sampler {
    try samplerName(request).sampler(
      scheduler(request), steps: request.steps ?? defaults.steps,
      schedule: request.schedule, eta: Float(request.eta ?? defaults.eta))
  }

  private func scheduler(_ request: GenerationRequest) throws -> SchedulerConfiguration {
    guard let file = request.schedulerConfiguration else { return try files.scheduler.get() }
    return try ConfigFile(path: file.filePath(for: RequestField(.schedulerConfiguration))).decode()
  }
}
