import Foundation
import NegativeSpaceKernels
import NegativeSpaceNetworks
import NegativeSpacePipelines
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceText
import NegativeSpaceWeights
import Testing

struct ModelConversionTests {
  private func options() -> ModelOptions {
    var options = ModelOptions()
    options.tokenizer = Fixtures.path("tiny-image/tokenizer")
    return options
  }

  private func withConversion<Result>(
    of path: String, dtype: ModelConversion.StorageType? = nil, _ body: (String) throws -> Result
  ) throws -> Result {
    let folder = Fixtures.temporary("converted")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try ModelConversion(path: path, options: options()).write(to: folder, dtype: dtype)
    return try body(folder)
  }

  @Test(arguments: ["sd1", "sd2"])
  func `A single file becomes a folder with the same networks`(_ name: String) throws {
    let path = Fixtures.path("checkpoints/\(name).ckpt")
    try withConversion(of: path) { folder in
      let (one, other) = (try ModelInspection(path: path), try ModelInspection(path: folder))
      #expect(other.problems.isEmpty && other.missing.isEmpty && other.layout == .folder && one.layout == .file)
      #expect(other.parameters == one.parameters && other.textWidth == 128 && other.factor == 2)
      #expect(other.parts.allSatisfy { $0.dtypes.isEmpty || $0.dtypes == ["F16"] })
      #expect(other.prediction == (name == "sd1" ? "epsilon" : "v_prediction"))

      let (single, model) = (
        try DiffusionModel(path: path, options: options(), dtype: .float32),
        try DiffusionModel(folder: folder, dtype: .float32)
      )
      let prompt = "a red apple"
      let states = try model.promptEncoder().encode(prompt)
      #expect(states.text.ids == (try single.promptEncoder().encode(prompt).text.ids))
      #expect(states.text.ids.last == (name == "sd1" ? 621 : 0))
      #expect(states.states.floats == (try single.promptEncoder().encode(prompt).states.floats))
      let latents = noise([1, 8, 8, 4], seed: 3)
      let outputs = try [model, single].map { model in
        let (denoiser, codec) = (try model.denoiser(), try model.autoencoder())
        return [denoiser(latents, timesteps: [500], text: states.states), codec.frames(of: latents)].map(\.floats)
      }
      #expect(outputs[0] == outputs[1])
      // Matrices where the old file has 1×1 convolutions.
      let vae = try model.files.source.component("vae").readers()[0]
      #expect(vae.entries["decoder.mid_block.attentions.0.to_q.weight"]?.shape == [64, 64])
    }
  }

  @Test func `Weights are rounded only if asked for, and float16 comes back whole from float32`() throws {
    let path = Fixtures.path("checkpoints/sd1.ckpt")
    func weights(_ path: String) throws -> [UInt32] {
      let reader = try ComponentFolder(path: path + "/unet").readers()[0]
      return try reader.entries.keys.sorted().flatMap { try reader.tensor($0, as: .float32).floats.map(\.bitPattern) }
    }
    try withConversion(of: path) { folder in
      let stored = try weights(folder)
      try withConversion(of: folder, dtype: .float32) { wide in
        #expect(try ModelInspection(path: wide).parts.first { $0.name == "unet" }?.dtypes == ["F32"])
        #expect(try weights(wide) == stored)
        try withConversion(of: wide, dtype: .float16) {
          let again = try weights($0)
          #expect(again == stored)
        }
        try withConversion(of: wide, dtype: .bfloat16) { half in
          let rounded = try weights(half)
          #expect(rounded != stored && rounded.allSatisfy { $0 & 0xFFFF == 0 })
        }
      }
    }
  }

  @Test func `A video model's folder is converted too`() throws {
    let path = Fixtures.path("tiny-video")
    try withConversion(of: path, dtype: .bfloat16) { folder in
      let (one, other) = (try ModelInspection(path: path), try ModelInspection(path: folder))
      #expect(other.problems.isEmpty && other.kind == .video && other.parameters == one.parameters)
    }
  }

  @Test func `What is there is not overwritten, and nothing is left behind`() throws {
    let folder = Fixtures.temporary("converted")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder + "/inside", withIntermediateDirectories: true)
    let conversion = try ModelConversion(path: Fixtures.path("checkpoints/sd1.ckpt"), options: options())
    #expect(
      throws: ModelError.unwritable(path: folder, reason: "it is there already; name a new folder")
    ) { try conversion.write(to: folder) }
    // Without a tokenizer there is nothing that diffusers would open.
    let inner = folder + "/inside/model"
    #expect(throws: CheckpointError.self) {
      try ModelConversion(path: Fixtures.path("checkpoints/sd1.ckpt")).write(to: inner)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/inside").isEmpty)
  }
}
