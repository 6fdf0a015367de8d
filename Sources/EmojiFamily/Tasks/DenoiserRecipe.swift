package import NegativeSpaceEmojiWorld
package import NegativeSpaceLayers
package import NegativeSpaceNetworks
package import NegativeSpaceTensors

/// Which denoiser is trained: the 2D network on pictures or a temporal one on clips.
package enum DenoiserRecipe: Sendable {
  case image(UNet2DConditionConfiguration)
  case video(UNet3DConditionConfiguration, frames: Int)
  /// Told frames a second: those of whole clips at the family's rate, of a quarter of the batches at half of it, with every second
  /// frame left out.
  case lvdm(LVDMUNetConfiguration, frames: Int)

  /// What it is trained on.
  package var medium: SceneDirector.Medium {
    switch self {
    case .image: .picture
    case .video, .lvdm: .clip
    }
  }

  /// Frames of a clip; nil for pictures.
  package var frames: Int? {
    switch self {
    case .image: nil
    case .video(_, let frames), .lvdm(_, let frames): frames
    }
  }

  /// Where half of the training timesteps lie below, as a share of T.
  ///
  /// What is shown is decided at the noise levels in the middle. The frames of a clip repeat it, so that it and the motion stay
  /// readable under more noise than a picture bears; training follows (arXiv:2403.03206, section 5.3.2).
  package var timestepMedian: Float {
    switch self {
    case .image: 0.4
    case .video, .lvdm: 0.75
    }
  }

  /// How many frames further a clip's next one is, for a batch to choose from.
  var strides: [Int] {
    if case .lvdm(_, let frames) = self, frames % 2 == 0 { [1, 1, 1, 2] } else { [1] }
  }

  package func denoiser(_ weights: WeightScope) throws -> DenoiserNetwork {
    switch self {
    case .image(let configuration):
      let network = try UNet2DConditionModel(configuration, weights)
      return { latents, timesteps, text in network(latents, timesteps: timesteps, text: text) }
    case .video(let configuration, _):
      let network = try UNet3DConditionModel(configuration, weights)
      return { latents, timesteps, text in network(latents, timesteps: timesteps, text: text) }
    case .lvdm(let configuration, let frames):
      let network = try LVDMUNetModel(configuration, weights)
      return { latents, timesteps, text in
        let rate = EmojiFamily.framesPerSecond * Float(latents.size(1)) / Float(frames)
        return network(latents, timesteps: timesteps, text: text, fps: [rate])
      }
    }
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

/// A denoiser on channels-last latents, one timestep and one row of text states a sample.
package typealias DenoiserNetwork = (_ latents: Tensor, _ timesteps: [Float], _ text: Tensor) -> Tensor
