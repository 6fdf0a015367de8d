import Foundation
import NegativeSpaceNetworks
import NegativeSpacePipelines
import NegativeSpaceRewards
import Testing

@testable import NegativeSpaceLearning

/// Sizes of samples while something is learned, on the tiny model of PipelinesTests: 8 × 8 latents, 4 pixels each.
struct SampleSizeTests {
  private static let tiny = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "PipelinesTests/Fixtures/tiny-image").path

  private let model: DiffusionModel

  init() throws { model = try DiffusionModel(folder: Self.tiny, dtype: .float32) }

  private func shape(_ size: SampleSize) throws -> [Int] {
    var settings = ReNegSettings(for: model)
    settings.size = size
    return try ReNegSubject(model: model, rewards: [RewardName(.sharpness)], settings: settings).rollout.model
      .latentShape
  }

  @Test func `Samples have the size asked for, else the model's`() throws {
    #expect(try shape(SampleSize()) == [8, 8, 4])
    #expect(try shape(SampleSize(width: 48)) == [8, 12, 4])
    #expect(try shape(SampleSize(width: 16, height: 24)) == [6, 4, 4])
  }

  @Test(arguments: [0, -4, 30, 1 << 40]) func `Another size than the autoencoder's is refused`(width: Int) throws {
    let error = #expect(throws: LearningError.self) { try shape(SampleSize(width: width)) }
    #expect(error.map { "\($0)" }?.contains("a multiple of 4") == true)
  }

  @Test func `A run of another size is another run`() throws {
    var settings = ReNegSettings(for: model)
    func known() throws -> [String: String] {
      try ReNegSubject(model: model, rewards: [RewardName(.sharpness)], settings: settings)
        .sampleSettings(train: ["a"], held: [])
    }
    let plain = try known()
    settings.size.height = 16
    #expect(try known() != plain)
  }
}
