import NegativeSpaceRewards
import NegativeSpaceTensors
import Testing

@Suite struct VideoMeasuresTests {
  /// One clip of one pixel with these values.
  private func clip(_ values: [Float]) -> Tensor {
    Tensor(values.flatMap { [$0, $0, $0] }, shape: [1, values.count, 1, 1, 3])
  }

  @Test func aSteadyFadeMovesButDoesNotFlicker() {
    let fade = clip([0, 0.25, 0.5, 0.75])
    #expect(VideoMeasures.flicker(fade).floats == [0])
    #expect(VideoMeasures.motion(fade).floats == [0.25])
  }

  @Test func aValueThatJumpsThereAndBackFlickers() {
    #expect(VideoMeasures.flicker(clip([0, 1, 0, 1])).floats == [2])
    #expect(VideoMeasures.motion(clip([0, 1, 0, 1])).floats == [1])
  }

  @Test func tooShortClipsHaveNone() {
    #expect(VideoMeasures.flicker(clip([0, 1])).floats == [0])
    #expect(VideoMeasures.motion(clip([1])).floats == [0])
  }

  @Test func flickerLeadsBackToTheFrames() {
    let leaf = clip([0, 1, 0.25]).requiringGradient
    let gradient = VideoMeasures.flicker(leaf).sum().gradients(of: [leaf])[0]
    // |0 + 0.25 − 2| falls with the middle frame twice as fast as with its neighbours; three channels share.
    let third: Float = 1 / 3
    #expect(
      gradient.floats == [Float](repeating: -third, count: 3) + [Float](repeating: 2 * third, count: 3)
        + [Float](repeating: -third, count: 3))
  }
}
