import Foundation
import NegativeSpaceEmojiWorld
import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceNetworks
import NegativeSpaceSampling
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceTraining
import Testing

@testable import NegativeSpaceEmojiFamily

@Suite struct EmojiFamilyTests {
  private func count(_ make: (WeightScope) throws -> Void) rethrows -> Int {
    let source = RandomWeights(seed: 1)
    try make(WeightScope(source))
    return source.requests.reduce(0) { $0 + $1.shape.reduce(1, *) }
  }

  // Fixtures/count_family.py (diffusers 0.42.1, transformers 5.23).
  @Test func networksHaveTheSizesThatTheReferenceCounts() throws {
    #expect(try count { _ = try UNet2DConditionModel(EmojiFamily.imageUNet(), $0) } == 11_163_780)
    #expect(try count { _ = try UNet3DConditionModel(EmojiFamily.videoUNet(), $0) } == 19_907_428)
    #expect(try count { _ = try AutoencoderKL(EmojiFamily.autoencoder(), $0) } == 2_702_087)
    let text = try EmojiFamily.textEncoder(vocabularySize: 1128)
    #expect(try count { _ = try CLIPTextModel(text, $0) } == 2_011_200)
    #expect(try count { _ = try CLIPVisionModelWithProjection(EmojiFamily.visionEncoder(), $0) } == 1_854_336)
  }

  @Test func bothDenoisersShareTheirSpatialParameters() throws {
    let (image, video) = (RandomWeights(seed: 1), RandomWeights(seed: 1))
    _ = try UNet2DConditionModel(EmojiFamily.imageUNet(), WeightScope(image))
    _ = try UNet3DConditionModel(EmojiFamily.videoUNet(), WeightScope(video))
    let sizes = Dictionary(
      uniqueKeysWithValues: video.requests.map { ($0.name, $0.shape.reduce(1, *)) })
    for request in image.requests {
      #expect(sizes[request.name] == request.shape.reduce(1, *), "\(request.name)")
    }
  }

  @Test func aFreshNetworkOfVideoCraftersKindMakesOfEachFrameWhatTheImageNetworkMakes() throws {
    let image = RandomWeights(seed: 1)
    let unet2D = try UNet2DConditionModel(EmojiFamily.imageUNet(), WeightScope(image))
    let weights = Dictionary(
      uniqueKeysWithValues: image.requests.map {
        ($0.name, image.tensor($0.name, shape: $0.shape, role: $0.role, initial: $0.initial))
      })
    let configuration = try EmojiFamily.lvdmUNet()
    let start = try VideoStart(
      lvdm: configuration, image: SnapshotWeights(weights, dtype: .float32), temporal: RandomWeights(seed: 2))
    let lvdm = try LVDMUNetModel(configuration, WeightScope(start))
    #expect(try count { _ = try LVDMUNetModel(configuration, $0) } == 19_989_860)

    var random = TorchRandom(seed: 3)
    let (latents, text) = (random.normal([1, 2, 16, 16, 4]), random.normal([1, 5, 192]))
    let frames = unet2D(latents.reshaped([2, 16, 16, 4]), timesteps: [300], text: text.repeated(2, axis: 0))
    let clip = lvdm(latents, timesteps: [300], text: text, fps: [8])
    #expect(relativeDistance(clip.reshaped([2, 16, 16, 4]), frames) <= 1e-5)
  }

  @Test(arguments: [FamilyPart.video, .motion, .lvdm])
  func aTemporalNetworkHasAllOfTheImageNetworkAndTheRestActsInTime(part: FamilyPart) throws {
    let image = RandomWeights(seed: 1)
    _ = try UNet2DConditionModel(EmojiFamily.imageUNet(), WeightScope(image))
    let weights = SnapshotWeights(
      Dictionary(uniqueKeysWithValues: image.requests.map { ($0.name, Tensor.zeros($0.shape)) }), dtype: .float32)
    let temporal = RandomWeights(seed: 2)
    let start =
      try part == .lvdm
      ? VideoStart(lvdm: EmojiFamily.lvdmUNet(), image: weights, temporal: temporal)
      : VideoStart(image: weights, temporal: temporal)
    let asked = RandomWeights(seed: 3)
    _ = try DenoiserRecipe(part, frames: 16).configuration.network(WeightScope(asked))
    let isTemporal = start.isTemporal
    #expect(asked.requests.count { !isTemporal($0.name) } == image.requests.count)
    let words = ["temp", "motion_modules", "transformer_in", "init_attn", "fps_embed"]
    for name in asked.requests.map(\.name) where isTemporal(name) {
      #expect(words.contains { name.contains($0) } || part == .lvdm, "\(name)")
    }
  }

  @Test func clipsAreThinnedToTheirFirstFrames() {
    var configuration = LVDMUNetConfiguration()
    configuration.fpsCond = true
    #expect(DenoiserRecipe(configuration, frames: 4).strides == [1, 1, 1, 2])
    #expect(DenoiserRecipe(configuration, frames: 3).strides == [1])
    #expect(DenoiserRecipe(UNet3DConditionConfiguration(), frames: 4).strides == [1])
    let clips = Tensor((0..<16).map { Float($0) }, shape: [2, 4, 1, 1, 2])
    #expect(clips.everyFrame(2).shape == [2, 2, 1, 1, 2])
    #expect(clips.everyFrame(2).floats == [0, 1, 4, 5, 8, 9, 12, 13])
  }

  @Test func theScheduleEndsInAlmostPureNoise() throws {
    let configuration = try EmojiFamily.scheduler()
    #expect(configuration.prediction == .velocity)
    // The mean of 256 latents of pure noise deviates by 1/16: the rest of the picture's mean must be a fraction of
    // that.
    let last = try #require(try NoiseSchedule(configuration).alphasCumprod.last)
    #expect(last.squareRoot() < 0.2 / 16)
  }
}
