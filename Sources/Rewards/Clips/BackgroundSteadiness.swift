package import NegativeSpaceTensors

/// The steadiness of what does not move: minus the mean absolute difference of neighbouring frames there.
///
/// 0 at best. VBench's temporal flickering is the same over whole frames of clips without motion.
package struct BackgroundSteadiness: ClipReward {
  package init() {}

  package func callAsFunction(_ clips: Tensor, reference: Tensor?) -> Tensor {
    guard clips.size(1) > 1 else { return .zeros([clips.size(0)]) }
    let (before, after) = clips.neighbours
    let still = StillPixels.weights(clips).neighbours
    return -(after - before).abs().mean(by: still.before * still.after)
  }
}
