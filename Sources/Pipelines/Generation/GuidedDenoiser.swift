package import NegativeSpaceLayers
package import NegativeSpaceNetworks
package import NegativeSpaceSampling
package import NegativeSpaceTensors

/// A denoiser under guidance: the one run of both branches that generation, learning and evaluation share.
///
///     var guided = GuidedDenoiser(network, Guidance(scale: 7.5)) { call in conditioning }
///     guided.recorded = .negative
///     var run = Denoising(sampler, initialNoise: noise, noise: source, prediction: guided.prediction())
///     try run.advance(to: 20)
///     let estimate = try run.estimate()
///
/// A method of learning says in a line each what it needs: the conditioning at each call, the branches that leave a
/// record for gradients, and the call from which on they do (`Denoising.advance` leaves none).
package struct GuidedDenoiser: Sendable {
  /// The branches that leave a record for gradients, where one of their inputs asks for it.
  package enum RecordedBranches: Sendable {
    case both
    /// The avoided one alone: the wanted one is then a constant, and the two run one after the other.
    case negative
  }

  package let network: any Denoiser
  /// Another network for the avoided branch; the two then run one after the other.
  package var negativeNetwork: (any Denoiser)?
  package let guidance: Guidance
  /// Text states of both branches at a call.
  package var conditioning: @Sendable (ModelCall) -> Conditioning
  package var recorded = RecordedBranches.both
  /// Frames a second, for a network that is told them.
  package var fps: Float?
  /// Channels that an inpainting network reads behind those of the latents.
  package var maskChannels: Tensor?
  /// The ControlNets at work; these are not given the mask.
  package var control: ControlGuide?
  /// Of this many steps in a row the first computes all of the network, the others its outermost blocks.
  package var featureInterval = 1
  /// Whether gradients recompute each layer instead of remembering its inside.
  package var isCheckpointed = false
  /// How the wanted branch avoids the negative within attention; nil does not.
  package var attention: AttentionNegative?
  /// The blocks that the guidance's rule disturbs.
  package var disturbed: DisturbedBlocks?

  package init(
    _ network: any Denoiser, _ guidance: Guidance, conditioning: @escaping @Sendable (ModelCall) -> Conditioning
  ) {
    (self.network, self.guidance, self.conditioning) = (network, guidance, conditioning)
  }

  /// The guided output as a function of latents and call, for one run: features that steps reuse, keys and values of
  /// texts, and what the rule remembers are kept in it.
  package func prediction() -> GuidedPrediction {
    var features: [ControlGuide.Branches: InnerFeatures] = [:]
    var memory = GuidanceMemory()
    var texts: (told: Conditioning, projections: TextProjections)?
    return { latents, call in
      let told = conditioning(call)
      if attention != nil, texts?.told.isSame(as: told) != true { texts = (told, TextProjections()) }
      func run(_ branches: ControlGuide.Branches) -> Tensor {
        let reused = features[branches] ?? InnerFeatures(interval: featureInterval)
        features[branches] = reused
        return predict(latents, call, branches, told, reusing: reused, texts?.projections)
      }
      return guidance.combine(outputs(at: call, told, run), at: call, memory: &memory)
    }
  }

  /// What the branches say that run at a call.
  private func outputs(
    at call: ModelCall, _ told: Conditioning, _ run: (ControlGuide.Branches) -> Tensor
  ) -> BranchOutputs {
    var outputs: BranchOutputs
    if !guidance.isActive(at: call) {
      // Outside of the guidance's interval only the wanted branch runs.
      outputs = BranchOutputs(conditional: run(.positive))
    } else if recorded == .negative, attention == nil, isRecordingGradients {
      outputs = BranchOutputs(conditional: withoutGradients { run(.positive) }, unconditional: run(.negative))
    } else if told.both == nil || hasUnlikeBranches {
      outputs = BranchOutputs(conditional: run(.positive), unconditional: run(.negative))
    } else {
      let (output, count) = (run(.both), told.positive.size(0))
      outputs = BranchOutputs(
        conditional: output.slice(axis: 0, from: count, to: 2 * count),
        unconditional: output.slice(axis: 0, from: 0, to: count))
    }
    if disturbed != nil, guidance.rule.isDisturbed(at: call) { outputs.disturbed = run(.disturbed) }
    return outputs
  }

  /// Whether the branches are computed by other networks or other attention, so that they cannot be one batch.
  private var hasUnlikeBranches: Bool { negativeNetwork != nil || attention != nil || disturbsNegative }

  private var disturbsNegative: Bool { disturbed != nil && guidance.rule.disturbance?.isUnconditional == true }

  private func predict(
    _ latents: Tensor, _ call: ModelCall, _ branches: ControlGuide.Branches, _ told: Conditioning,
    reusing features: InnerFeatures, _ projections: TextProjections?
  ) -> Tensor {
    func batch(_ x: Tensor) -> Tensor { branches == .both ? Tensor.concatenate([x, x], axis: 0) : x }
    let text = branches == .negative ? told.negative : branches == .both ? told.both ?? told.positive : told.positive
    let input = maskChannels.map { Tensor.concatenate([latents, $0], axis: latents.rank - 1) } ?? latents
    let network = branches == .negative ? negativeNetwork ?? network : network
    return network.predict(
      batch(input),
      DenoiserInputs(
        timesteps: [call.timestep], text: text, fps: fps.map { [$0] },
        residuals: control?.residuals(batch(latents), text: text, branches, at: call), features: features,
        isCheckpointed: isCheckpointed, changes: changes(branches, told, projections)))
  }

  /// What is changed in attention in a branch.
  private func changes(
    _ branches: ControlGuide.Branches, _ told: Conditioning, _ projections: TextProjections?
  ) -> AttentionChanges? {
    switch branches {
    case .positive:
      attention.map { AttentionChanges(avoided: AvoidedText(told.negative, by: $0, projections: projections)) }
    case .disturbed: AttentionChanges(disturbed: disturbed)
    case .negative: disturbsNegative ? AttentionChanges(disturbed: disturbed) : nil
    case .both: nil
    }
  }
}

/// Text states of the two branches of guidance, worked out once for all steps that they hold for.
package struct Conditioning: Sendable {
  /// (B, T, D), what is wanted.
  package let positive: Tensor
  /// (B, T', D), what is avoided.
  package let negative: Tensor
  /// (2B, T, D), negative first, where the two can be one batch.
  let both: Tensor?

  /// - Parameters:
  ///   - positive: (B, T, D).
  ///   - negative: (B, T', D), or (1, T', D) for all of them.
  package init(positive: Tensor, negative: Tensor) {
    self.positive = positive
    self.negative = negative.expanded(to: [positive.size(0)] + negative.shape.dropFirst())
    both = positive.shape == self.negative.shape ? Tensor.concatenate([self.negative, positive], axis: 0) : nil
  }

  /// Whether the states are the very same, not only equal.
  func isSame(as other: Conditioning) -> Bool {
    positive.storage === other.positive.storage && negative.storage === other.negative.storage
  }
}
