import Foundation
import NegativeSpaceConfiguration
import NegativeSpaceLayers
import NegativeSpaceNetworks
import NegativeSpaceRewards
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceText
import Testing

/// Scores, and their gradients with respect to the pictures, against torch and transformers.
///
/// Made with: python Tests/RewardsTests/Fixtures/make_rewards.py (torch 2.15, transformers 5.23).
@Suite struct RewardTests {
  private let file: FixtureFile
  private let configuration: CLIPConfiguration
  private let model: CLIPModel
  private let tokenizer: CLIPTokenizer
  private let prompts = ["low quality", "z"]

  /// The stored names with the sizes of their pictures: square, too wide, too high and small.
  private static let sizes = [("square", [2, 3, 16, 16]), ("wide", [2, 3, 24, 37]), ("tall", [2, 3, 19, 13])]

  init() throws {
    let fixtures = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
    file = try FixtureFile(fixtures.appending(path: "rewards.safetensors"))
    configuration = try ConfigFile(path: fixtures.appending(path: "clip.json").path).decode()
    model = try CLIPModel(configuration, WeightScope(WithScale()))
    tokenizer = try CLIPTokenizer(folder: fixtures.appending(path: "tokenizer"))
  }

  /// The formula's weights, but for the logit scale that the script sets.
  private final class WithScale: WeightSource {
    private let formula = FormulaWeights()
    func contains(_ name: String) -> Bool { true }
    func tensor(_ name: String, shape: [Int], role: WeightRole, initial: Initial) -> Tensor {
      name == "logit_scale"
        ? Tensor([2.5], shape: []) : formula.tensor(name, shape: shape, role: role, initial: initial)
    }
  }

  private func pictures(_ name: String, _ shape: [Int]) -> Tensor {
    Formula.tensor("pictures." + name, shape).transposed(axes: [0, 2, 3, 1]).sigmoid()
  }

  private func expect(_ reward: any Reward, _ key: String) throws {
    for (name, shape) in Self.sizes {
      let leaf = pictures(name, shape).requiringGradient
      let scores = reward(leaf, prompts: prompts)
      #expect(scores.shape == [2])
      let expected = try file.tensor("\(name).\(key)")
      for (found, wanted) in zip(scores.floats, expected.floats) {
        #expect(abs(found - wanted) <= 2e-5 * max(1, abs(wanted)), "\(key) of \(name): \(found), not \(wanted)")
      }
      let gradient = scores.sum().gradients(of: [leaf])[0]
      let reference = try file.tensor("\(name).\(key).gradient")
      if reference.floats.allSatisfy({ $0 == 0 }) {
        #expect(gradient.floats.allSatisfy { $0 == 0 }, "\(key) of \(name) is cut off")
      } else {
        let distance = relativeDistance(gradient, reference)
        #expect(distance <= 1e-4, "the gradient of \(key) of \(name) is \(distance) away")
      }
    }
  }

  @Test func picturesArePreparedAsTorchvisionDoes() throws {
    let prepare = PicturePreparation(size: configuration.vision.imageSize)
    for (name, shape) in Self.sizes {
      let found = prepare(pictures(name, shape))
      let expected = try file.tensor("\(name).prepared")
      #expect(found.shape == expected.shape)
      #expect(relativeDistance(found, expected) <= 1e-5, "\(name)")
    }
  }

  @Test(arguments: CLIPReward.Scale.allCases)
  func scoresOfFitAndTheirGradients(scale: CLIPReward.Scale) throws {
    try expect(CLIPReward(model, tokenizer: tokenizer, scale: scale), scale.rawValue)
  }

  @Test(arguments: CLIPReward.Scale.allCases)
  func everyPictureWithEveryText(scale: CLIPReward.Scale) throws {
    let (name, shape) = Self.sizes[0]
    // More than are encoded at once.
    let texts = (0..<65).map { prompts[$0 % 2] }
    let scores = CLIPReward(model, tokenizer: tokenizer, scale: scale).scores(with: texts)(pictures(name, shape))
    #expect(scores.shape == [2, 65])
    let expected = try file.tensor("\(name).\(scale.rawValue)").floats
    for (picture, wanted) in expected.enumerated() {
      for text in stride(from: picture, to: 65, by: 2) {
        let found = scores.floats[picture * 65 + text]
        #expect(abs(found - wanted) <= 2e-5 * max(1, abs(wanted)), "\(found), not \(wanted)")
      }
    }
  }

  @Test func theAestheticScoreAndItsGradient() throws {
    try expect(AestheticReward(vision: model.vision, head: WeightScope(FormulaWeights())), "aesthetic")
  }

  @Test func theQualityScoreAndItsGradient() throws {
    try expect(QualityReward(WeightScope(FormulaWeights())["quality"]), "quality")
  }

  @Test func aMixIsTheWeightedSum() throws {
    let (name, shape) = Self.sizes[1]
    let mix = RewardMix([
      (CLIPReward(model, tokenizer: tokenizer, scale: .hps), 2),
      (CLIPReward(model, tokenizer: tokenizer, scale: .pickScore), -0.5),
    ])
    let found = mix(pictures(name, shape), prompts: prompts).floats
    let (hps, pick) = (try file.tensor("\(name).hps").floats, try file.tensor("\(name).pickscore").floats)
    for index in found.indices { #expect(abs(found[index] - (2 * hps[index] - 0.5 * pick[index])) < 1e-4) }
    #expect(mix.name == "2.0 · hps + -0.5 · pickscore")
  }
}
