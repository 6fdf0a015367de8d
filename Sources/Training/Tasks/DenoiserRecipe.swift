package import EmojiWorld
package import Layers
package import Networks
package import Tensors

/// Which denoiser is trained: the 2D network on pictures or the temporal one on clips.
package enum DenoiserRecipe: Sendable {
  case image(UNet2DConditionConfiguration)
  case video(UNet3DConditionConfiguration, frames: Int)

  /// What it is trained on.
  package var medium: SceneDirector.Medium {
    switch self {
    case .image: .picture
    case .video: .clip
    }
  }

  /// Frames of a clip; nil for pictures.
  package var frames: Int? {
    switch self {
    case .image: nil
    case .video(_, let frames): frames
    }
  }

  /// Where half of the training timesteps lie below, as a share of T.
  ///
  /// What is shown is decided at the noise levels in the middle. The frames of a clip repeat it, so that it and the motion stay
  /// readable under more noise than a picture bears; training follows (arXiv:2403.03206, section 5.3.2).
  package var timestepMedian: Float {
    switch self {
    case .image: 0.4
    case .video: 0.6
    }
  }

  package func denoiser(_ weights: WeightScope) throws -> DenoiserNetwork {
    switch self {
    case .image(let configuration):
      let network = try UNet2DConditionModel(configuration, weights)
      return { latents, timesteps, text in network(latents, timesteps: timesteps, text: text) }
    case .video(let configuration, _):
      let network = try UNet3DConditionModel(configuration, weights)
      return { latents, timesteps, text in network(latents, timesteps: timesteps, text: text) }
    }
  }
}

/// A denoiser on channels-last latents, one timestep and one row of text states a sample.
package typealias DenoiserNetwork = (_ latents: Tensor, _ timesteps: [Float], _ text: Tensor) -> Tensor
