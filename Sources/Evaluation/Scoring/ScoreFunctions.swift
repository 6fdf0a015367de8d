import NegativeSpaceMedia
import NegativeSpaceRewards
import NegativeSpaceTensors

/// The arithmetic behind the sources of scores.
enum ScoreFunctions {
  /// Frames that go through a network at once.
  private static let together = 8

  /// The mean reward of the frames.
  static func mean(_ reward: any Reward, _ footage: Footage, prompt: String) -> Double {
    var total = 0.0
    for start in stride(from: 0, to: footage.frames.count, by: together) {
      let part = start..<min(footage.frames.count, start + together)
      let scores = reward(footage.tensor(part), prompts: [String](repeating: prompt, count: part.count))
      total += scores.floats.reduce(0) { $0 + Double($1) }
    }
    return total / Double(footage.frames.count)
  }

  /// Flicker and motion of a clip, some frames at a time; none of a picture.
  static func measures(_ footage: Footage) -> [String: Double] {
    let count = footage.frames.count
    guard footage.isClip else { return [:] }
    /// The mean of what `measure` says of neighbours, `reach` after the first of each group.
    func mean(_ reach: Int, _ measure: (Tensor) -> Tensor) -> Double {
      guard count > reach else { return 0 }
      var total = 0.0
      for start in stride(from: 0, to: count - reach, by: together) {
        let end = min(count, start + together + reach)
        let clip = footage.tensor(start..<end)
        total += Double(measure(clip.reshaped([1] + clip.shape)).item) * Double(end - start - reach)
      }
      return total / Double(count - reach)
    }
    return [
      ScoreName.flicker.text: mean(2, VideoMeasures.flicker),
      ScoreName.motionAmount.text: mean(1, VideoMeasures.motion),
      ScoreName.motionSmoothness.text: MotionSmoothness.score(footage.frames),
    ]
  }
}
