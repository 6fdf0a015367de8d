import Foundation
import NegativeSpaceEmojiFamily
import NegativeSpaceTensors
import NegativeSpaceWeights
import Testing

/// Runs made of shipped folders.
@Suite struct FamilyImportTests {
  private let root = FileManager.default.temporaryDirectory.appending(path: "import-\(UUID().uuidString)").path

  /// A folder of models with one judge and an autoencoder.
  private func models() throws -> String {
    let folder = root + "/models"
    for part in ["emoji-judge", "emoji-image/vae"] {
      try FileManager.default.createDirectory(atPath: "\(folder)/\(part)", withIntermediateDirectories: true)
    }
    try TensorFile(["a.weight": Tensor([1, 2, 3, 4], shape: [2, 2])]).write(
      to: folder + "/emoji-judge/judge.safetensors")
    try TensorFile(["b": Tensor([5], shape: [1])])
      .write(to: folder + "/emoji-image/vae/diffusion_pytorch_model.safetensors")
    try #"{"scaling_factor": 0.25, "block_out_channels": [32], "norm_num_groups": 4}"#
      .write(toFile: folder + "/emoji-image/vae/config.json", atomically: true, encoding: .utf8)
    return folder
  }

  @Test func weightsBecomeACheckpointAtStepZero() throws {
    let runs = root + "/runs"
    let parts = try FamilyImport(from: try models(), into: runs).write()
    #expect(parts == [.autoencoder, .judge])
    let file = try TensorFile(path: runs + "/judge/checkpoint.safetensors")
    #expect(file.metadata["step"] == "0")
    for kind in ["weight", "average"] {
      #expect(try #require(file.tensors["\(kind)/a.weight"]).floats == [1, 2, 3, 4])
    }
    // Of the optimiser's moments nothing is known.
    #expect(file.tensors.keys.sorted() == ["average/a.weight", "weight/a.weight"])
    let scale = try String(contentsOfFile: runs + "/autoencoder/scaling_factor.txt", encoding: .utf8)
    #expect(Float(scale.trimmingCharacters(in: .newlines)) == 0.25)
  }

  @Test func aRunThatHasBegunIsLeftAlone() throws {
    let (models, runs) = (try models(), root + "/runs")
    try FileManager.default.createDirectory(atPath: runs + "/judge", withIntermediateDirectories: true)
    try Data("begun".utf8).write(to: URL(fileURLWithPath: runs + "/judge/checkpoint.safetensors"))
    #expect(try FamilyImport(from: models, into: runs).write() == [.autoencoder])
    #expect(try String(contentsOfFile: runs + "/judge/checkpoint.safetensors", encoding: .utf8) == "begun")
  }
}
