import Foundation
import NegativeSpacePipelines
import NegativeSpaceRewards
import NegativeSpaceSampling
import NegativeSpaceTensors
import Testing

@testable import NegativeSpaceLearning

/// The learned negative that ships, on the models that share its text space.
@Suite struct ShippedNegativeTests {
  private static let models = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../Models").standardized.path

  @Test(arguments: [
    (
      "emoji-image",
      [
        "a red apple on a gray background", "an octopus on a red background", "a flamingo on a yellow background",
        "a rainbow on a red background",
      ]
    ),
    ("emoji-video", ["a flamingo moving left on a yellow background"]),
    ("emoji-lvdm", ["a frog standing still on a red background"]),
  ])
  func itRaisesTheRewardThatItWasLearnedBy(name: String, prompts: [String]) throws {
    let model = try DiffusionModel(path: "\(Self.models)/\(name)", dtype: .float32)
    var settings = ReNegSettings()
    (settings.samplingSteps, settings.guidanceScale) = (6, Float(model.defaults.guidanceScale))
    let rollout = try ReNegSubject(
      model: model, rewards: [RewardName(.quality, path: Self.models + "/emoji-reward")], settings: settings
    ).rollout
    let learned = try model.negative(contentsOf: Self.models + "/emoji-negative.safetensors")
    var random = TorchRandom(seed: 42)
    let noise = random.latents([prompts.count] + rollout.model.latentShape)
    func reward(_ negative: Tensor) throws -> Float {
      try rollout.samples(negative, prompts: prompts, noise: noise).scores.mean().item
    }
    let (before, after) = (try reward(rollout.model.emptyStates()), try reward(learned.states))
    #expect(after > before, "\(before) → \(after)")
  }
}
