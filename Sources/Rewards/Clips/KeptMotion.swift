package import NegativeSpaceTensors

/// How much less moves than in the clip to compare with: min(0, m / m₀ − 1) with the mean absolute difference m of
/// neighbouring frames.
///
/// 0 where as much moves or more; −1 for a still. Without a clip to compare with it is 0.
package struct KeptMotion: ClipReward {
  package init() {}

  package func callAsFunction(_ clips: Tensor, reference: Tensor?) -> Tensor {
    guard let reference, clips.size(1) > 1 else { return .zeros([clips.size(0)]) }
    let usual = VideoMeasures.motion(reference.detached) + 1e-4
    return -(1 - VideoMeasures.motion(clips) / usual).relu()
  }
}
