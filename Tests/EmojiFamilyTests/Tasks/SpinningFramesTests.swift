import NegativeSpaceEmojiWorld
import NegativeSpaceTensors
import Testing

@testable import NegativeSpaceEmojiFamily

@Suite struct SpinningFramesTests {
  @Test func `Frames come from clips that spin, with the captions of their clips`() throws {
    let sheet = SpriteSheet(concepts: [Concept.all[0]], sprites: [Sprite { _ in SIMD4(1, 0, 0, 1) }])
    let dataset = try Dataset(sheet, split: .train, conceptCount: 1)
    // A "latent" of one number: 4 · clip + frame.
    let numbers = (0..<240).map { Float($0) }
    let clips = LatentCache(latents: Tensor(numbers, shape: [60, 4, 1, 1, 1]))
    let frames = SpinningFrames((clips, dataset))
    var random = SplitMix64(seed: 1)
    var seen: Set<Int> = []
    for _ in 0..<200 {
      let (latents, caption) = try #require(frames.frame(using: &random))
      #expect(latents.shape == [1, 1, 1, 1])
      let number = Int(latents.item)
      let take = dataset.take(.clip, at: number / 4)
      #expect(take.scene.motion == .spinning)
      #expect(caption == take.caption)
      seen.insert(number)
    }
    let spinning = (0..<60).count { dataset.take(.clip, at: $0).scene.motion == .spinning }
    #expect(seen.count > 2 * spinning, "of \(4 * spinning) frames")
  }
}
