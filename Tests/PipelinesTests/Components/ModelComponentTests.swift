import Foundation
import NegativeSpaceNetworks
import NegativeSpacePipelines
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceWeights
import Testing

/// One network once against PyTorch: Fixtures/make_pipelines.py.
struct ModelComponentTests {
  @Test(arguments: [
    ("unet", "tiny-image", "unet", ["sample"]),
    ("unet", "tiny-image/unet", "unet", ["sample"]),
    ("unet", "tiny-video", "unet3d", ["sample"]),
    ("vae_decode", "tiny-image", "vae_decode", ["sample"]),
    ("vae_encode", "tiny-image", "vae_encode", ["sample"]),
    ("text_encoder", "tiny-video", "text_encoder", ["last_hidden_state", "pooler_output"]),
  ])
  func `A network's outputs are PyTorch's`(_ component: String, _ model: String, _ name: String, _ outputs: [String])
    throws
  {
    let path = Fixtures.temporary("output.safetensors")
    defer { try? FileManager.default.removeItem(atPath: path) }
    try #require(ModelComponent(rawValue: component))
      .run(in: Fixtures.path(model), inputs: Fixtures.path("component-\(name).safetensors"), output: path)
    let found = try TensorFile(path: path)
    for output in outputs {
      let expected = try Fixtures.tensors().tensor("component.\(name).\(output)")
      #expect(relativeDistance(try #require(found.tensors[output]), expected) < 1e-5)
    }
  }

  @Test func `Wrong inputs are named with what they should be`() throws {
    let inputs = Fixtures.temporary("inputs.safetensors")
    let output = Fixtures.temporary("output.safetensors")
    defer { try? FileManager.default.removeItem(atPath: inputs) }
    func words(_ file: TensorFile) throws -> String? {
      try file.write(to: inputs)
      let error = #expect(throws: ModelError.self) {
        try ModelComponent.unet.run(in: Fixtures.path("tiny-image"), inputs: inputs, output: output)
      }
      return error?.description.replacingOccurrences(of: inputs, with: "IN")
    }
    let sample = Tensor.zeros([1, 4, 8, 8])
    let text = Tensor.zeros([1, 77, 32])
    #expect(
      try words(TensorFile(["latents": sample]))
        == "IN has no tensor sample; it has latents. Names are those of diffusers' arguments.")
    #expect(
      try words(TensorFile(["sample": .zeros([1, 3, 8, 8])]))
        == "IN: sample has the shape [1, 3, 8, 8], expected [any, 4, any, any].")
    #expect(
      try words(TensorFile(["sample": sample, "encoder_hidden_states": .zeros([1, 77, 64])]))
        == "IN: encoder_hidden_states has the shape [1, 77, 64], expected [1, any, 32].")
    #expect(
      try words(TensorFile(["sample": sample, "encoder_hidden_states": text, "timestep": .zeros([3])]))
        == "IN: timestep has the shape [3], expected 1 finite numbers.")
    #expect(!FileManager.default.fileExists(atPath: output))
  }

  @Test func `TAESD is run as a part, too`() throws {
    let folder = Fixtures.path("tiny-taesd")
    let (inputs, output) = (Fixtures.temporary("taesd-inputs"), Fixtures.temporary("taesd-output"))
    defer { for path in [inputs, output] { try? FileManager.default.removeItem(atPath: path) } }
    guard let network = try AutoencoderFiles(path: folder).load(dtype: .float32) as? AutoencoderTiny else {
      Issue.record("no AutoencoderTiny")
      return
    }
    func run(_ part: ModelComponent, _ sample: Tensor) throws -> Tensor {
      try TensorFile(["sample": sample.transposed(axes: [0, 3, 1, 2])]).write(to: inputs)
      try part.run(in: folder, inputs: inputs, output: output)
      return try #require(try TensorFile(path: output).tensors["sample"]).transposed(axes: [0, 2, 3, 1])
    }
    let latents = noise([1, 3, 2, 4], seed: 1)
    #expect(try run(.vaeDecode, latents).floats == network.decode(latents).floats)
    let picture = noise([1, 16, 8, 3], seed: 2)
    #expect(try run(.vaeEncode, picture).floats == network.encode(picture)?.floats)
  }
}
