import Foundation
import NegativeSpaceConfiguration
import NegativeSpaceLayers
import NegativeSpaceLearning
import NegativeSpaceMedia
import NegativeSpaceNetworks
import NegativeSpacePipelines
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceText
import NegativeSpaceTraining
import Testing

/// The tiny model of make_reneg.py, of Stable Diffusion 1.5's shape.
enum TinyModel {
  static func made(prediction: String = "epsilon") throws -> FrozenModel {
    let folder = try #require(Bundle.module.url(forResource: "Fixtures/reneg", withExtension: nil))
    let configurations = try ConfigFile(path: folder.appending(path: "configs.json").path)
    func decoded<Value: ReadableConfiguration>(_ name: String) throws -> Value {
      try configurations.section(name).decode()
    }
    func formula() -> WeightScope { WeightScope(FormulaWeights()) }
    var scheduler = try configurations.section("scheduler").fields
    scheduler["prediction_type"] = .string(prediction)
    return FrozenModel(
      denoiser: try UNet2DConditionModel(decoded("unet"), formula()),
      autoencoder: try AutoencoderKL(decoded("vae"), formula()),
      text: TextConditioner(
        tokenizer: try CLIPTokenizer(folder: folder.appending(path: "tokenizer")),
        tower: try CLIPTextModel(decoded("text"), formula())),
      scheduler: try ConfigFile(file: "scheduler", fields: scheduler).decode(), latentShape: [8, 8, 4])
  }

  /// The same model with LoRAs of its own on each branch, on denoiser and text encoder.
  static func withLoRAs(_ shape: LoRAShape) throws -> (FrozenModel, BranchLoRAs) {
    let folder = try #require(Bundle.module.url(forResource: "Fixtures/reneg", withExtension: nil))
    let unet: UNet2DConditionConfiguration = try ConfigFile(path: folder.appending(path: "configs.json").path).section(
      "unet"
    ).decode()
    let recording = RecordingWeights(FormulaWeights())
    _ = try UNet2DConditionModel(unet, WeightScope(recording))
    let text: CLIPTextConfiguration = try ConfigFile(path: folder.appending(path: "configs.json").path).section("text")
      .decode()
    let ofText = RecordingWeights(FormulaWeights())
    _ = try CLIPTextModel(text, WeightScope(ofText))
    return (
      try made(),
      BranchLoRAs(
        denoiser: TunedWeights(.denoiser(unet), base: KeptWeights(recording.tensors), lora: shape),
        textEncoder: TunedWeights(.textEncoder(text), base: KeptWeights(ofText.tensors), lora: shape))
    )
  }

  /// A picture of a formula's colours.
  static func picture(_ name: String = "picture", width: Int = 16, height: Int = 16) throws -> ReferencePicture {
    let bytes = Formula.tensor(name, [height, width, 3]).floats.map { UInt8(min(max($0 * 64 + 128, 0), 255)) }
    return ReferencePicture(try Frame(width: width, height: height, pixels: bytes), name: "\(name).png")
  }
}
