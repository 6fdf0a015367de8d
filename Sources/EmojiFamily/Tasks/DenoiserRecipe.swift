package import NegativeSpaceEmojiWorld
package import NegativeSpaceLayers
package import NegativeSpaceNetworks
import NegativeSpaceTensors

/// A denoiser in training: an image network on pictures, or a temporal one on clips.
package struct DenoiserRecipe: Sendable {
  package let configuration: any DenoiserConfiguration
  /// Frames of a clip; nil for pictures.
  package let frames: Int?

  package init(_ configuration: any DenoiserConfiguration, frames: Int? = nil) {
    (self.configuration, self.frames) = (configuration, frames)
  }

  /// Medium it is trained on.
  package var medium: SceneDirector.Medium { frames == nil ? .picture : .clip }

  /// Median of the training timesteps, as a share of T.
  ///
  /// The content is decided at the noise levels in the middle. The frames of a clip repeat it, so that it and the
  /// motion stay readable under more noise than a picture bears; training follows (arXiv:2403.03206, section 5.3.2).
  package var timestepMedian: Float { frames == nil ? 0.4 : 0.75 }

  /// Steps in frames from one of a clip's frames to its next, for a batch to choose from.
  ///
  /// A network that is told frames a second sees a quarter of the batches at half of the family's rate, with every
  /// second frame left out.
  var strides: [Int] { frames.map { isToldRate && $0 % 2 == 0 } == true ? [1, 1, 1, 2] : [1] }

  private var isToldRate: Bool { configuration.habits.fps != nil }

  package func denoiser(_ weights: WeightScope) throws -> any Denoiser {
    let network = try configuration.network(weights)
    guard isToldRate, let frames else { return network }
    return RatedDenoiser(network: network, rate: EmojiFamily.framesPerSecond, frames: frames)
  }
}

/// A denoiser that is told the rate that follows from how many frames of a whole clip it sees.
private struct RatedDenoiser: Denoiser {
  let network: any Denoiser
  /// Frames a second of a whole clip.
  let rate: Float
  let frames: Int

  func predict(_ latents: Tensor, _ inputs: DenoiserInputs) -> Tensor {
    var inputs = inputs
    inputs.fps = [rate * Float(latents.size(1)) / Float(frames)]
    return network.predict(latents, inputs)
  }
}

extension Tensor {
  /// Clips (B, F, H, W, C), those marked with their frames in the opposite order.
  func playedBackwards(_ isBackwards: [Bool]) -> Tensor {
    guard isBackwards.contains(true) else { return self }
    let frames = size(1)
    let order = isBackwards.enumerated().flatMap { clip, isBackwards in
      (0..<frames).map { clip * frames + (isBackwards ? frames - 1 - $0 : $0) }
    }
    return reshaped([size(0) * frames] + shape[2...]).rows(order).reshaped(shape)
  }

  /// Every `stride`-th frame of clips (B, F, H, W, C), the first kept.
  func everyFrame(_ stride: Int) -> Tensor {
    guard stride > 1 else { return self }
    let rest = shape[2...]
    return reshaped([size(0), size(1) / stride, stride] + rest).slice(axis: 2, from: 0, to: 1)
      .reshaped([size(0), size(1) / stride] + rest)
  }
}
