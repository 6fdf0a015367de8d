import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpacePipelines
import NegativeSpaceSampling
package import NegativeSpaceTensors
import NegativeSpaceTraining

/// The search for a negative for each step of one run, and for the noise of each (Null-TTA, arXiv:2511.20889).
package struct NullTTASearch {
  let objective: NullTTAObjective
  private let settings: NullTTASettings
  private let seed: UInt64

  /// What was found.
  package struct Found: Sendable {
    /// (S, T, D), one for each call of the run.
    package let negatives: Tensor
    /// The noise of each step that drew some, channels last.
    package let noise: [Tensor]
    /// Reward of the finished sample.
    package let reward: Float
    /// Calls of the denoiser, a branch of guidance each.
    package let calls: Int
  }

  package init(_ objective: NullTTAObjective, seed: UInt64) {
    (self.objective, settings, self.seed) = (objective, objective.settings, seed)
  }

  /// - Parameter report: told after each step: its number and how many there are.
  package func found(report: (Int, Int) -> Void = { _, _ in }) throws -> Found {
    let run = objective.run
    let timesteps = run.sampler.timesteps
    var (latents, history, random) = (run.latents, SamplerHistory(), run.noise)
    var negatives: [Tensor] = []
    var (drawn, calls, reward): ([Tensor], Int, Float) = ([], 0, 0)
    func place(_ index: Int, _ latents: Tensor) -> NullTTAObjective.Place {
      let call = ModelCall(index: index, count: timesteps.count, timestep: timesteps[index])
      return NullTTAObjective.Place(latents: latents, call: call, told: run.guided.conditioning(call))
    }
    for index in timesteps.indices {
      let here = place(index, latents)
      guard index >= run.firstCall else {
        negatives.append(here.told.negative)
        continue
      }
      let negative = try refined(here, &calls)
      negatives.append(negative)
      let output = try withoutGradients { try objective.prediction(negative, here) }
      calls += branches(here.call)

      // Greedy particles
      var best: (latents: Tensor, history: SamplerHistory, noise: [Tensor], reward: Float)?
      for particle in 0..<settings.particles {
        var source: any NoiseSource = RecordedNoise(random)
        var own = history
        let stepped = try run.sampler.step(output, from: latents, at: index, history: &own, noise: &source).latents
        let kept = run.region?.restored(in: stepped, after: index, of: run.sampler) ?? stepped
        var noise: [Tensor] = []
        if let recorded = source as? RecordedNoise { (random, noise) = (recorded.source, recorded.drawn) }
        let isAlone = noise.isEmpty || settings.particles == 1
        let isLast = index + 1 == timesteps.count
        let score: Float = try withoutGradients {
          if isLast { return objective.reward(of: kept).item }
          if isAlone { return 0 }
          let next = place(index + 1, kept)
          calls += branches(next.call)
          return try objective.reward(objective.prediction(next.told.negative, next), next).item
        }
        if particle == 0 || score > best?.reward ?? 0 { best = (kept, own, noise, score) }
        if isAlone { break }
      }
      guard let best else { break }
      (latents, history, reward) = (best.latents, best.history, best.reward)
      history.advance()
      drawn += best.noise
      report(index + 1, timesteps.count)
    }
    return Found(negatives: Tensor.concatenate(negatives, axis: 0), noise: drawn, reward: reward, calls: calls)
  }

  /// The negative of one step, climbed from what the run would avoid there.
  private func refined(_ place: NullTTAObjective.Place, _ calls: inout Int) throws -> Tensor {
    let (guided, steps) = (objective.run.guided, settings.steps(at: place.call.timestep))
    let start = place.told.negative
    // Where the negative is told to nothing there is nothing to find.
    guard steps > 0, guided.guidance.isActive(at: place.call) || guided.attention != nil else { return start }
    let plain = try withoutGradients { try objective.prediction(start, place) }
    calls += branches(place.call)
    let weights = TrainableWeights(start: NegativeStart(start), dtype: .float32)
    let optimizer = Optimizer(AdamW(weightDecay: 0))
    for step in 1...steps {
      let source = StepWeights(weights)
      let negative = try source.tensor(ReNegTask.parameter, shape: start.shape, role: .vector, initial: .zeros)
      let gradients: [String: Tensor]
      switch settings.slope {
      case .backward:
        gradients = source.gradients(of: try objective(negative, plain: plain, place) * -1)
        calls += branches(place.call)
      case .zerothOrder:
        gradients = [ReNegTask.parameter: try slope(negative.detached, plain, place, step) * -1]
        calls += (settings.directions + 1) * branches(place.call)
      }
      guard weights.update(gradients, rate: settings.rate, step: step, with: optimizer, averageDecay: 0).isFinite else {
        break
      }
    }
    return weights.parameters[ReNegTask.parameter].map { Parameter.copy($0.value) } ?? start
  }

  /// ĝ = 1 / (K μ) Σ (J(φ + μ v) − J(φ)) v with v standard normal.
  package func slope(
    _ negative: Tensor, _ plain: Tensor, _ place: NullTTAObjective.Place, _ step: Int
  ) throws -> Tensor {
    try withoutGradients {
      let here = try objective(negative, plain: plain, place).item
      var random = TorchRandom(
        seed: Int(SplitMix64.value(seed: seed, stream: UInt64(place.call.index), index: UInt64(step)) & 0x7FFF_FFFF))
      var sum = Tensor.zeros(negative.shape)
      for _ in 0..<settings.directions {
        let direction = Tensor(random.normals(negative.count), shape: negative.shape)
        let there = try objective(negative + settings.directionLength * direction, plain: plain, place).item
        sum = sum + (there - here) * direction
      }
      return sum * (1 / (Float(settings.directions) * settings.directionLength))
    }
  }

  private func branches(_ call: ModelCall) -> Int {
    let guidance = objective.run.guided.guidance
    return 1 + (guidance.isActive(at: call) ? 1 : 0) + (guidance.rule.isDisturbed(at: call) ? 1 : 0)
  }
}

/// Noise of another source, with what was drawn of it.
private struct RecordedNoise: NoiseSource {
  private(set) var source: any NoiseSource
  private(set) var drawn: [Tensor] = []

  init(_ source: any NoiseSource) { self.source = source }

  mutating func next(_ shape: [Int]) throws -> Tensor {
    let noise = try source.next(shape)
    drawn.append(noise)
    return noise
  }
}

extension SplitMix64 {
  /// The first number of a stream.
  fileprivate static func value(seed: UInt64, stream: UInt64, index: UInt64) -> UInt64 {
    var random = SplitMix64(seed: seed, stream: stream, index: index)
    return random.next()
  }
}
