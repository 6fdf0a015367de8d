import NegativeSpaceNetworks
package import NegativeSpaceSampling
package import NegativeSpaceTensors

/// What a denoiser is told, with and without guidance, worked out once for a whole run.
package struct Conditioning: Sendable {
  package let guidance: Guidance
  /// (1, 77, D), what is wanted.
  package let positive: Tensor
  /// (1, 77, D), what is avoided.
  package let negative: Tensor
  /// Frames a second, for a network that is told them.
  package let fps: Float?
  /// (2, 77, D), negative first, where the two can be one batch.
  private let both: Tensor?

  package init(guidance: Guidance, positive: Tensor, negative: Tensor, fps: Float? = nil) {
    self.fps = fps
    (self.guidance, self.positive, self.negative) = (guidance, positive, negative)
    both = positive.shape == negative.shape ? Tensor.concatenate([negative, positive], axis: 0) : nil
  }

  /// The guided output of `network`; outside of the guidance's interval only the wanted branch runs.
  ///
  /// - Parameters:
  ///   - maskChannels: what an inpainting network is given behind the latents' channels.
  ///   - control: the ControlNets at work; these are not given the mask.
  ///   - featureInterval: of this many steps in a row the first computes all of the network, the others its outermost blocks.
  package func denoiser(
    _ network: DenoisingNetwork, maskChannels: Tensor? = nil, control: ControlGuide? = nil, featureInterval: Int = 1
  ) -> Denoiser {
    var features: [ControlGuide.Branches: InnerFeatures] = [:]
    return { latents, call in
      let input = maskChannels.map { Tensor.concatenate([latents, $0], axis: latents.rank - 1) } ?? latents
      func run(_ branches: ControlGuide.Branches, _ text: Tensor) -> Tensor {
        func batch(_ x: Tensor) -> Tensor { branches == .both ? Tensor.concatenate([x, x], axis: 0) : x }
        let reused = features[branches] ?? InnerFeatures(interval: featureInterval)
        features[branches] = reused
        return network(
          batch(input), timestep: call.timestep, text: text, fps: fps,
          residuals: control?.residuals(batch(latents), text: text, branches, at: call), reusing: reused)
      }
      guard guidance.isActive(at: call) else { return run(.positive, positive) }
      guard let both else {
        return guidance.combine(conditional: run(.positive, positive), unconditional: run(.negative, negative))
      }
      let output = run(.both, both)
      return guidance.combine(
        conditional: output.slice(axis: 0, from: 1, to: 2), unconditional: output.slice(axis: 0, from: 0, to: 1))
    }
  }
}
