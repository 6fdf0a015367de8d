/// The samplers by the names of `--sampler`.
package enum SamplerName: String, CaseIterable, Sendable {
  case ddim
  case dpmpp2M = "dpmpp_2m"
  case euler
  case eulerAncestral = "euler_a"

  /// The diffusers class.
  package var className: String {
    switch self {
    case .ddim: "DDIMScheduler"
    case .dpmpp2M: "DPMSolverMultistepScheduler"
    case .euler: "EulerDiscreteScheduler"
    case .eulerAncestral: "EulerAncestralDiscreteScheduler"
    }
  }

  /// - Parameters:
  ///   - name: A name of `--sampler`, or a diffusers class name.
  package init(named name: String) throws {
    guard let found = Self.allCases.first(where: { $0.rawValue == name || $0.className == name }) else {
      throw SamplingError.unknownSampler(name: name, known: Self.allCases.map(\.rawValue))
    }
    self = found
  }

  /// The sampler for a model's configuration.
  ///
  /// - Parameters:
  ///   - schedule: Noise levels in place of those that the configuration asks for; DDIM has none to choose.
  ///   - eta: DDIM's share of fresh noise.
  package func sampler(
    _ configuration: SchedulerConfiguration, steps: Int, schedule: SigmaSchedule? = nil, eta: Float = 0
  ) throws -> any Sampler {
    var configuration = configuration
    if let schedule {
      configuration.useKarrasSigmas = schedule == .karras
      configuration.useExponentialSigmas = schedule == .exponential
    }
    switch self {
    case .ddim:
      if let schedule, schedule != .discrete {
        throw SamplingError.unsupported(
          scheduler: className, key: "--schedule", value: schedule.rawValue,
          supported: [SigmaSchedule.discrete.rawValue])
      }
      return try DDIMScheduler(configuration, steps: steps, eta: eta)
    case .dpmpp2M: return try DPMSolverMultistepScheduler(configuration, steps: steps)
    case .euler: return try EulerDiscreteScheduler(configuration, steps: steps)
    case .eulerAncestral:
      // diffusers' class has no such flags and ignores a model's, but k-diffusion's sampler takes any levels.
      if schedule == nil {
        configuration.useKarrasSigmas = nil
        configuration.useExponentialSigmas = nil
      }
      return try EulerAncestralDiscreteScheduler(configuration, steps: steps)
    }
  }
}
