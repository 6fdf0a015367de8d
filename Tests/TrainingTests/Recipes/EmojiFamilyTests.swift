import EmojiWorld
import Foundation
import Layers
import Networks
import Sampling
import Tensors
import Testing
import Training

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

  @Test func theScheduleEndsInAlmostPureNoise() throws {
    let configuration = try EmojiFamily.scheduler()
    #expect(configuration.prediction == .velocity)
    // The mean of 256 latents of pure noise deviates by 1/16: what remains of the picture's mean must be a fraction of that.
    let last = try #require(try NoiseSchedule(configuration).alphasCumprod.last)
    #expect(last.squareRoot() < 0.2 / 16)
  }
}
