import Foundation
import NegativeSpacePipelines
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceWeights
import Testing

/// What training programs save, as it comes.
struct TrainingCheckpointTests {
  /// The tensors of the tiny motion adapter, each under another name, and others beside them.
  private func withFile<Result>(
    _ beginning: String, _ others: [String: Tensor] = [:], _ body: (String) throws -> Result
  ) throws -> Result {
    var tensors = try TensorFile(path: Fixtures.path("checkpoints/motion.ckpt")).tensors
    tensors.merge(others) { $1 }
    let path = Fixtures.temporary("training.safetensors")
    defer { try? FileManager.default.removeItem(atPath: path) }
    try TensorFile([String: Tensor](uniqueKeysWithValues: tensors.map { (beginning + $0.key, $0.value) }))
      .write(to: path)
    return try body(path)
  }

  private let denoiser = [
    "conv_in.weight": noise([4, 4], seed: 1), "mid_block.resnets.0.conv1.bias": noise([4], seed: 2),
    "up_blocks.0.attentions.0.norm.weight": noise([4], seed: 3),
  ]

  @Test(arguments: ["", "module.", "_forward_module.", "_forward_module.module.", "module._orig_mod."])
  func `Motion modules are taken out of the whole denoiser, whatever was put around it`(_ beginning: String) throws {
    let plain = try MotionAdapterFile(path: Fixtures.path("checkpoints/motion.ckpt")).readers()[0]
    try withFile(beginning, denoiser) { path in
      let files = try MotionAdapterFiles(path: path)
      let found = try files.part.readers()[0]
      #expect(found.entries.mapValues(\.shape) == plain.entries.mapValues(\.shape))
      for name in plain.entries.keys { #expect(try found.tensor(name).floats == plain.tensor(name).floats, "\(name)") }
      #expect(files.notes == ["Left out of \(path): 3 tensors of the denoiser that it was trained in."])
      let inspection = try ModelInspection(path: path)
      #expect(inspection.problems.isEmpty && inspection.missing.isEmpty)
    }
  }

  @Test func `What belongs to neither is refused by its own name`() throws {
    try withFile("module.", ["optimizer.weight": noise([4], seed: 1)]) { path in
      let inspection = try ModelInspection(path: path)
      #expect(inspection.problems.contains { $0.contains("optimizer.weight") }, "\(inspection.problems)")
    }
  }

  @Test func `What was put around is taken off wherever it stands, but never makes two names one`() throws {
    let path = Fixtures.temporary("partly.safetensors")
    defer { try? FileManager.default.removeItem(atPath: path) }
    try TensorFile([
      "module.a": noise([2], seed: 1), "b": noise([2], seed: 2), "c._orig_mod.d": noise([2], seed: 3),
    ]).write(to: path)
    #expect(try Set(openTensorFile(path).entries.keys) == ["a", "b", "c.d"])
    try TensorFile(["module.a": noise([2], seed: 1), "a": noise([2], seed: 2)]).write(to: path)
    #expect(try Set(openTensorFile(path).entries.keys) == ["module.a", "a"])
    try TensorFile([
      "model.model.diffusion_model.x": noise([2], seed: 1), "model.first_stage_model.y": noise([2], seed: 2),
      "global_step": noise([1], seed: 3),
    ]).write(to: path)
    #expect(
      try Set(openTensorFile(path).entries.keys) == ["model.diffusion_model.x", "first_stage_model.y", "global_step"])
    try TensorFile(["module.a": noise([2], seed: 1), "module.b": noise([2], seed: 2)]).write(to: path)
    let reader = try openTensorFile(path)
    #expect(Set(reader.entries.keys) == ["a", "b"] && reader.spelling(of: "a") == "module.a")
    #expect(try reader.tensor("a").floats == noise([2], seed: 1).floats)
    #expect(throws: TensorFileError.self) { try reader.tensor("module.a") }
  }
}
