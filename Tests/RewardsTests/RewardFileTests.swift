import Foundation
import NegativeSpaceConfiguration
import NegativeSpaceLayers
import NegativeSpaceNetworks
import NegativeSpaceRewards
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceText
import NegativeSpaceWeights
import Testing

/// Rewards in their authors' single files, against open_clip and transformers.
///
/// Made with: python Tests/RewardsTests/Fixtures/make_files.py (torch 2.15, open_clip 3.3.0, transformers 5.23).
@Suite struct RewardFileTests {
  private let fixtures: URL
  private let file: FixtureFile

  init() throws {
    fixtures = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
    file = try FixtureFile(fixtures.appending(path: "files.safetensors"))
  }

  private func pictures(_ name: String, _ shape: [Int]) -> Tensor {
    Formula.tensor("pictures." + name, shape).transposed(axes: [0, 2, 3, 1]).sigmoid()
  }

  private func expect(_ scores: Tensor, of pictures: Tensor, as key: String) throws {
    for (found, wanted) in zip(scores.floats, try file.tensor(key).floats) {
      #expect(abs(found - wanted) <= 2e-5 * max(1, abs(wanted)), "\(key): \(found), not \(wanted)")
    }
    let gradient = scores.sum().gradients(of: [pictures])[0]
    let distance = relativeDistance(gradient, try file.tensor(key + ".gradient"))
    #expect(distance <= 1e-4, "the gradient of \(key) is \(distance) away")
  }

  @Test func aFileWithOpenCLIPsNamesIsTheSameCLIP() throws {
    let part = try OpenCLIPFile(path: fixtures.appending(path: "openclip.pt").path)
    let configuration: CLIPConfiguration = try part.config().decode()
    let model = try part.weights(checkFinite: true).build { try CLIPModel(configuration, $0) }
    let tokens = [[298, 5, 7, 299], [298, 9, 299, 0]].map { $0 + [Int](repeating: 0, count: 16) }
    let leaf = pictures("square", [2, 3, 32, 32]).requiringGradient
    let images = model.vision(PicturePreparation(size: 16)(leaf)).imageEmbeds.unitRows
    try expect((images * model.text(tokens).unitRows).sum(axes: [1]), of: leaf, as: "hps")
  }

  @Test func theTextTowerAloneIsTheSame() throws {
    let path = fixtures.appending(path: "openclip.pt").path
    let part = try #require(try TextEncoderFile(openTensorFile(path)))
    let text = try part.weights().build { try CLIPTextModel(part.config().decode(), $0) }
    let whole = try OpenCLIPFile(path: path)
    let vision = try whole.weights().build { try CLIPModel(whole.config().decode(), $0) }.vision
    let tokens = [[298, 5, 7, 299], [298, 9, 299, 0]].map { $0 + [Int](repeating: 0, count: 16) }
    let projection = try #require(try TensorFile(path: path).tensors["text_projection"])
    let leaf = pictures("square", [2, 3, 32, 32]).requiringGradient
    let images = vision(PicturePreparation(size: 16)(leaf)).imageEmbeds.unitRows
    let texts = try #require(text(tokens).pooled).matmul(Tensor(projection.floats, shape: projection.shape)).unitRows
    try expect((images * texts).sum(axes: [1]), of: leaf, as: "hps")
  }

  @Test func aFileWithoutATowerIsRefusedByName() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("half.safetensors")
    try TensorFile(["text_projection": .zeros([4, 4])]).write(to: path)
    #expect(throws: CheckpointError.notACLIP(file: path, missing: "visual.conv1.weight")) {
      try OpenCLIPFile(path: path)
    }
  }

  // MARK: ImageReward

  /// The weights of the formula as a file, and a vocabulary beside it.
  private func imageReward(in folder: TemporaryFolder, without left: String? = nil) throws -> String {
    let json = try Data(contentsOf: fixtures.appending(path: "imagereward.json"))
    let shapes = try JSONDecoder().decode([String: [Int]].self, from: json)
    var tensors: [String: Tensor] = [:]
    for (name, shape) in shapes where name != left { tensors[name] = Formula.parameter(name, shape) }
    try TensorFile(tensors).write(to: folder.path("ImageReward.safetensors"))
    try FileManager.default.copyItem(
      at: fixtures.appending(path: "imagereward/vocab.txt"), to: URL(fileURLWithPath: folder.path("vocab.txt")))
    return folder.path("ImageReward.safetensors")
  }

  @Test(arguments: [("square", [2, 3, 32, 32]), ("wide", [2, 3, 24, 37])])
  func imageRewardAndItsGradient(name: String, shape: [Int]) throws {
    let folder = try TemporaryFolder()
    let reward = try RewardName(.imageReward, path: imageReward(in: folder)).load()
    let leaf = pictures(name, shape).requiringGradient
    let prompts = ["A red Café, über-nice!", String(repeating: "low ", count: 60)]
    try expect(reward(leaf, prompts: prompts), of: leaf, as: name + ".imagereward")
  }

  @Test func aMissingTensorOfImageRewardIsNamed() throws {
    let folder = try TemporaryFolder()
    let name = "blip.text_encoder.encoder.layer.1.crossattention.self.key.weight"
    let path = try imageReward(in: folder, without: name)
    #expect {
      try RewardName(.imageReward, path: path).load()
    } throws: {
      "\($0)".contains(name)
    }
  }
}
