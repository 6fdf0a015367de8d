/// The samplers by the names that requests use.
public enum SamplerName: String, CaseIterable, Sendable {
  case ddim
  case dpmpp2M = "dpmpp_2m"
  case euler
  case eulerAncestral = "euler_a"
  case unipc
  case pndm
  case lcm
  case ddpm

  /// The diffusers class.
  package var className: String {
    switch self {
    case .ddim: "DDIMScheduler"
    case .dpmpp2M: "DPMSolverMultistepScheduler"
    case .euler: "EulerDiscreteScheduler"
    case .eulerAncestral: "EulerAncestralDiscreteScheduler"
    case .unipc: "UniPCMultistepScheduler"
    case .pndm: "PNDMScheduler"
    case .lcm: "LCMScheduler"
    case .ddpm: "DDPMScheduler"
    }
  }

  /// The sampler with a short name, or with the name of its diffusers class.
  public init(named name: String) throws {
    let found = Self.allCases.first { $0.rawValue == name || $0.className == name } ?? Self.others[name.lowercased()]
    guard let found else {
      throw SamplingError.unknownSampler(name: name, known: Self.allCases.map(\.rawValue))
    }
    self = found
  }

  /// The names of A1111, ComfyUI, k-diffusion and stable-diffusion.cpp.
  private static let others: [String: SamplerName] = [
    "euler a": .eulerAncestral, "euler_ancestral": .eulerAncestral, "k_euler": .euler, "k_euler_a": .eulerAncestral,
    "k_euler_ancestral": .eulerAncestral, "dpm++ 2m": .dpmpp2M, "dpm++2m": .dpmpp2M, "plms": .pndm, "uni_pc": .unipc,
    "uni_pc_bh2": .unipc, "ddim": .ddim, "euler": .euler, "lcm": .lcm, "unipc": .unipc, "ddpm": .ddpm,
  ]

  /// The sampler of the class that wrote a scheduler's configuration; DDIM where it does not say.
  ///
  /// - Throws: `SamplingError.unknownScheduler`.
  package init(of configuration: SchedulerConfiguration) throws {
    let name = configuration.isLVDM ? Self.ddim.className : configuration.className ?? Self.ddim.className
    guard let found = Self.allCases.first(where: { $0.className == name }) else {
      throw SamplingError.unknownScheduler(
        className: name, known: Self.allCases.map(\.className), samplers: Self.allCases.map(\.rawValue))
    }
    self = found
  }

  /// Whether it counts in noise levels, so that a `SigmaSchedule` can choose them.
  private var hasLevels: Bool {
    switch self {
    case .dpmpp2M, .euler, .eulerAncestral, .unipc: true
    case .ddim, .pndm, .lcm, .ddpm: false
    }
  }

  /// The sampler for a model's configuration.
  ///
  /// - Parameters:
  ///   - schedule: Noise levels in place of those that the configuration asks for.
  ///   - eta: DDIM's share of fresh noise.
  package func sampler(
    _ configuration: SchedulerConfiguration, steps: Int, schedule: SigmaSchedule? = nil, eta: Float = 0
  ) throws -> any Sampler {
    if let schedule, schedule != .discrete, !hasLevels {
      throw SamplingError.unsupported(
        scheduler: className, key: "`schedule`", value: schedule.rawValue, supported: [SigmaSchedule.discrete.rawValue])
    }
    var configuration = configuration
    if let schedule {
      configuration.useKarrasSigmas = schedule == .karras
      configuration.useExponentialSigmas = schedule == .exponential
    } else if self == .eulerAncestral {
      // diffusers' class has no such flags and ignores a model's, but k-diffusion's sampler takes any levels.
      configuration.useKarrasSigmas = nil
      configuration.useExponentialSigmas = nil
    }
    switch self {
    case .ddim:
      return configuration.isLVDM
        ? try LVDMDDIMScheduler(configuration, steps: steps, eta: eta)
        : try DDIMScheduler(configuration, steps: steps, eta: eta)
    case .dpmpp2M: return try DPMSolverMultistepScheduler(configuration, steps: steps)
    case .euler: return try EulerDiscreteScheduler(configuration, steps: steps)
    case .eulerAncestral: return try EulerAncestralDiscreteScheduler(configuration, steps: steps)
    case .unipc: return try UniPCMultistepScheduler(configuration, steps: steps)
    case .pndm: return try PNDMScheduler(configuration, steps: steps)
    case .lcm: return try LCMScheduler(configuration, steps: steps)
    case .ddpm: return try DDPMScheduler(configuration, steps: steps)
    }
  }
}

extension SamplerName: Codable {
  /// Reads either name; the short one is written.
  public init(from decoder: any Decoder) throws {
    try self.init(named: decoder.singleValueContainer().decode(String.self))
  }
}

extension SchedulerConfiguration {
  /// Whether the model's DDIM is VideoCrafter's own.
  package var isLVDM: Bool { className == LVDMDDIMScheduler.className }
}
