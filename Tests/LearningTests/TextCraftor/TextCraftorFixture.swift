import Foundation
import NegativeSpaceConfiguration
import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceLearning
import NegativeSpaceNetworks
import NegativeSpaceRewards
import NegativeSpaceSampling
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceText
import NegativeSpaceTraining
import Testing

/// The tiny model of make_reneg.py with a tuned encoder, and what make_textcraftor.py found.
struct TextCraftorFixture {
  static let prompts = ["low quality", "z"]
  let file: FixtureFile
  let frozen: FrozenModel
  let text: CLIPTextConfiguration
  let unet: UNet2DConditionConfiguration
  let clip: CLIPModel

  init() throws {
    let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
    file = try FixtureFile(folder.appending(path: "textcraftor/results.safetensors"))
    let configurations = try ConfigFile(path: folder.appending(path: "reneg/configs.json").path)
    func decoded<Value: ReadableConfiguration>(_ name: String) throws -> Value {
      try configurations.section(name).decode()
    }
    (text, unet) = (try decoded("text"), try decoded("unet"))
    var clipConfiguration: CLIPConfiguration = try decoded("clip")
    clipConfiguration.vision.imageSize = 12
    clip = try CLIPModel(clipConfiguration, Self.formula())
    frozen = FrozenModel(
      denoiser: try UNet2DConditionModel(unet, Self.formula()),
      autoencoder: try AutoencoderKL(decoded("vae"), Self.formula()),
      text: TextConditioner(
        tokenizer: try CLIPTokenizer(folder: folder.appending(path: "reneg/tokenizer")),
        tower: try CLIPTextModel(text, Self.formula())),
      scheduler: try decoded("scheduler"), latentShape: [8, 8, 4])
  }

  static func formula() -> WeightScope { WeightScope(FormulaWeights()) }

  var noise: Tensor { Formula.tensor("noise", [2, 8, 8, 4]) }

  /// The rewards of a case: the frozen one by either preparation, or equation 8's.
  func objective(_ name: String) -> TextCraftorObjective {
    var preparation = PicturePreparation(size: 12)
    if name == "pooled" { preparation.resizing = .pooled }
    let isConstraint = name == "constraint"
    let reward = CLIPReward(
      clip, tokenizer: frozen.text.tokenizer, scale: isConstraint ? .clipScore : .pickScore, preparation: preparation)
    return TextCraftorObjective([.init(reward, weight: 1, readsTuned: isConstraint)])
  }

  /// A rollout whose text encoder is tuned.
  func rollout(
    _ name: String = "frozen", lora: LoRAShape? = nil, _ change: (inout TextCraftorSettings) -> Void = { _ in }
  ) throws -> TextCraftorRollout {
    let base = RecordingWeights(FormulaWeights())
    _ = try CLIPTextModel(text, WeightScope(base))
    let tuned = TunedWeights(.textEncoder(text), base: KeptWeights(base.tensors), lora: lora)
    var settings = TextCraftorSettings()
    if name == "unguided" { settings.guidanceScale = 1 }
    change(&settings)
    return TextCraftorRollout(
      TextCraftorModel(frozen, tuned: tuned), objective: objective(name), settings: settings)
  }
}

/// The formula's weights and a tenth of others: an encoder that was tuned, each of whose weights asks for a gradient.
final class MovedWeights: WeightSource {
  private(set) var leaves: [String: Tensor] = [:]
  /// Added to one of the weights, for finite differences.
  var change: (name: String, value: Tensor)?

  func contains(_ name: String) -> Bool { true }

  func tensor(_ name: String, shape: [Int], role: WeightRole, initial: Initial) -> Tensor {
    var value = Formula.parameter(name, shape) + Formula.parameter("tuned." + name, shape) * 0.1
    if let change, change.name == name { value = value + change.value }
    let leaf = value.requiringGradient
    leaves[name] = leaf
    return leaf
  }
}
