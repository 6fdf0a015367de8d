import NegativeSpaceEmojiWorld
import NegativeSpaceTensors

/// Single frames of clips of spinning emoji, to learn from as from pictures.
///
/// No picture of the dataset shows an emoji that is not upright: a video model that begins with the weights of a
/// picture model would have to learn how every concept looks when it is turned from the few clips that spin.
package struct SpinningFrames: Sendable {
  private let clips: DiffusionData.Part
  private let indices: [Int]

  package init(_ clips: DiffusionData.Part) {
    self.clips = clips
    indices = (0..<clips.cache.count).filter { clips.dataset.take(.clip, at: $0).scene.motion == .spinning }
  }

  /// Any frame of any of the clips, (1, H, W, C), with the caption of the whole clip; nil where none spins.
  func frame(using random: inout SplitMix64) -> (latents: Tensor, caption: String)? {
    guard !indices.isEmpty else { return nil }
    let clip = random.pick(indices)
    let frame = random.below(clips.cache.latents.size(1))
    return (clips.cache.frame(frame, of: clip), clips.dataset.take(.clip, at: clip).caption)
  }
}
