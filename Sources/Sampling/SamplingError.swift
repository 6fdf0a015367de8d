/// An error in a request to sample, or while sampling.
package enum SamplingError: Error, Equatable {
  /// A sampler that does not exist here.
  case unknownSampler(name: String, known: [String])
  /// A spacing of noise levels that does not exist here.
  case unknownSchedule(name: String, known: [String])
  /// A model's scheduler of a class that does not exist here.
  case unknownScheduler(className: String, known: [String], samplers: [String])
  /// An option of a guidance rule that does not exist, or a value that it cannot have.
  case guidanceOption(rule: String, option: String, found: String, expected: String)
  /// A configuration value that exists elsewhere but not here.
  case unsupported(scheduler: String, key: String, value: String, supported: [String])
  /// A number of steps that the schedule cannot be cut into.
  case steps(asked: Int, most: Int)
  /// Fewer steps than a sampler needs to begin.
  case tooFewSteps(asked: Int, least: Int)
  /// A model that predicts noise, asked at a timestep where nothing but noise is left.
  case noSignal(timestep: Int)
  /// More noise was asked for than was given.
  case noiseExhausted(given: Int)
  /// Noise or latents of another size than the latents being denoised.
  case shape(what: String, expected: [Int], found: [Int])
  /// NaN or infinity appeared; `what` says where.
  case notFinite(what: String, step: Int, count: Int, timestep: Float)
}

extension SamplingError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unknownSampler(let name, let known):
      "there is no sampler named \(name). Choose one of \(known.joined(separator: ", ")) with `sampler`"
    case .unknownSchedule(let name, let known):
      "`schedule` is \(name); expected one of \(known.joined(separator: ", "))."
    case .unknownScheduler(let className, let known, let samplers):
      "the scheduler is a \(className), which does not exist here; known: \(known.joined(separator: ", ")). "
        + "Choose another for this model with `sampler` \(samplers.joined(separator: ", "))"
    case .guidanceOption(let rule, let option, let found, let expected):
      "`guidance_options` of \(rule) have \(option)=\(found); expected \(expected)."
    case .unsupported(let scheduler, let key, let value, let supported):
      "\(scheduler) with \(key) = \(value) is not supported here; supported: \(supported.joined(separator: ", ")). "
        + (key == "`schedule`"
          ? "Noise levels can be chosen for dpmpp_2m, euler, euler_a and unipc: change `sampler`"
          : "Change the value in the scheduler configuration or choose another sampler")
    case .steps(let asked, let most):
      "\(asked) steps were asked for; this sampler and schedule take 1 to \(most). Change `steps`"
    case .tooFewSteps(let asked, let least):
      "\(asked) steps were asked for; this sampler takes at least \(least). Change `steps` or `sampler`"
    case .noSignal(let timestep):
      "the model predicts noise, but at timestep \(timestep) its schedule leaves no signal to predict it from. "
        + "Use timestep_spacing \"leading\", another sampler, or a model with v_prediction"
    case .noiseExhausted(let given):
      "the sampler needs more noise than the \(given) tensors that were given. Give one for each step"
    case .shape(let what, let expected, let found):
      "\(what) has the shape \(found), expected \(expected). Make it for this size and number of frames"
    case .notFinite(let what, let step, let count, let timestep):
      "\(what) is not finite at step \(step) of \(count) (timestep \(timestep)). "
        + "Check the weights for NaN, or compute with `dtype` float32"
    }
  }
}
