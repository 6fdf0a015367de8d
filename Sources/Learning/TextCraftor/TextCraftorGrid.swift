package import NegativeSpaceSampling

extension TextCraftorSettings.Grid {
  /// The DDIM of a run.
  ///
  /// The authors' shifts leading spacing so that the first of N steps is the last timestep of training: T − 1, T − 1 − T/N, …;
  /// of 25 steps 999, 959, …, 39. After the last comes what the model's configuration says.
  /// - Throws: `LearningError.setting` for a model with another DDIM, `SamplingError`, `ConfigurationError`.
  package func sampler(_ configuration: SchedulerConfiguration, steps: Int) throws -> any Sampler {
    guard self == .authors else { return try SamplerName.ddim.sampler(configuration, steps: steps) }
    guard !configuration.isLVDM else {
      throw LearningError.setting(
        "grid", found: "\(rawValue)", expected: "model, since this model has a DDIM of its own")
    }
    var configuration = configuration
    let count = try NoiseSchedule(configuration).count
    guard steps <= count else {
      throw LearningError.setting(
        "samplingSteps", found: "\(steps)", expected: "at most \(count), the model's timesteps")
    }
    (configuration.spacing, configuration.stepsOffset) = (.leading, count - 1 - count / steps * (steps - 1))
    return try SamplerName.ddim.sampler(configuration, steps: steps)
  }
}
