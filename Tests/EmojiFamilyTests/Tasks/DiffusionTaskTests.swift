import NegativeSpaceTensors
import Testing

@testable import NegativeSpaceEmojiFamily

@Suite struct DiffusionTaskTests {
  @Test func `Of several clips those that are marked are played backwards`() {
    // Clip 0 has frames 0 1 2, clip 1 frames 3 4 5; each frame is two numbers.
    let clips = Tensor([0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5], shape: [2, 3, 1, 2, 1])
    let played = clips.playedBackwards([false, true])
    #expect(played.shape == clips.shape)
    #expect(played.floats == [0, 0.5, 1, 1.5, 2, 2.5, 5, 5.5, 4, 4.5, 3, 3.5])
    #expect(clips.playedBackwards([false, false]).floats == clips.floats)
  }
}
