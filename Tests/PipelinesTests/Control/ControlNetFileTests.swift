import Foundation
import NegativeSpacePipelines
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceWeights
import Testing

/// ControlNets in one file, and those that do not fit.
struct ControlNetFileTests {
  private let original = Fixtures.path("checkpoints/control.pth")

  /// Runs the network on the inputs of Fixtures/make_controls.py.
  private func outputs(_ path: String) throws -> [String: Tensor] {
    let output = Fixtures.temporary("output.safetensors")
    defer { try? FileManager.default.removeItem(atPath: output) }
    try ModelComponent.controlnet.run(
      in: path, inputs: Fixtures.path("component-controlnet.safetensors"), output: output)
    return try TensorFile(path: output).tensors
  }

  @Test func `A ControlNet file of its authors gives what diffusers gives`() throws {
    let expected = try FixtureFile(URL(fileURLWithPath: Fixtures.path("controls.safetensors")))
    let found = try outputs(original)
    #expect(found.count == 5)
    for (name, tensor) in found {
      let distance = relativeDistance(tensor, try expected.tensor("component.\(name)"))
      #expect(distance < 1e-5, "\(name) is \(distance) away")
    }
  }

  @Test func `A single ControlNet file with diffusers' names, and one without a common beginning, give the same`()
    throws
  {
    let expected = try outputs(original)
    let part = try ControlNetFile(path: original)
    let file = Fixtures.temporary("control.safetensors")
    defer { try? FileManager.default.removeItem(atPath: file) }
    func check(_ tensors: [String: Tensor]) throws {
      try TensorFile(tensors).write(to: file)
      let found = try outputs(file)
      #expect(found.mapValues(\.floats) == expected.mapValues(\.floats))
    }
    for reader in try part.readers() + [try openTensorFile(original)] {
      var tensors: [String: Tensor] = [:]
      for name in reader.entries.keys {
        let short = name.hasPrefix("control_model.") ? String(name.dropFirst("control_model.".count)) : name
        tensors[short] = try reader.tensor(name)
      }
      try check(tensors)
    }
  }

  @Test func `A file that is no ControlNet is refused as what it is`() throws {
    let path = Fixtures.path("checkpoints/sd1.ckpt")
    let error = #expect(throws: CheckpointError.self) { try ControlNetFile(path: path) }
    #expect(error?.description.contains("A ControlNet is a diffusers folder with its config.json") == true)
    let folder = Fixtures.path("tiny-image/unet")
    let other = #expect(throws: ModelError.self) { try ControlNetFiles(path: folder) }
    #expect(
      other?.description
        == "\(folder): the ControlNet is a UNet2DConditionModel, which is not known here; known: ControlNetModel.")
  }

  @Test func `A ControlNet of another kind of model is refused with both sides`() throws {
    func words(_ change: (inout ControlCondition) -> Void) throws -> String {
      let model = try DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: .float32)
      var request = GenerationRequest(prompt: "a red apple")
      request.controls = [
        ControlCondition(
          net: FileReference(path: Fixtures.path("tiny-controlnet")),
          image: FileReference(path: Fixtures.path("start.png")))
      ]
      change(&request.controls[0])
      do {
        _ = try model.start(request)
        return "nothing"
      } catch {
        return "\(error)"
      }
    }
    #expect(try words { _ in } == "nothing")
    #expect(
      try words { $0.net.path = original }.hasPrefix(
        "control_net is \(original) with text states of width 128; expected 32, as the model "))
    #expect(try words { $0.strength = .nan } == "control_strength is nan; expected a number from 0.0 to 10.0.")
    #expect(try words { $0.guidanceStart = 1 }.contains("expected two numbers from 0 to 1, the start before the end"))
    #expect(try words { $0.image.path = "/nowhere.png" }.contains("/nowhere.png"))
    #expect(try words { $0.net.sha256 = "00" }.contains("tiny-controlnet"))
  }

  @Test func `A ControlNet with other channels is refused with both sides`() throws {
    let copy = try Fixtures.copy(of: "tiny-controlnet")
    defer { try? FileManager.default.removeItem(atPath: copy) }
    let config = URL(fileURLWithPath: "\(copy)/config.json")
    var text = try String(contentsOf: config, encoding: .utf8)
    text.replace(/"block_out_channels": \[\s*8,\s*16\s*\]/, with: "\"block_out_channels\": [8, 32]")
    try Data(text.utf8).write(to: config)
    let model = try DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: .float32)
    var request = GenerationRequest(prompt: "a red apple")
    request.controls = [
      ControlCondition(
        net: FileReference(path: copy), image: FileReference(path: Fixtures.path("start.png")))
    ]
    let error = #expect(throws: RequestError.self) { try model.resolve(request) }
    #expect(error?.description.contains("with channels [8, 32]; expected [8, 16], as the model") == true)
  }

  @Test func `A control video must have the frames`() throws {
    let model = try DiffusionModel(folder: Fixtures.path("tiny-video"), dtype: .float32)
    var request = GenerationRequest(prompt: "a red apple")
    (request.frames, request.width, request.height) = (6, 32, 32)
    let video = Fixtures.path("start.apng")
    request.controls = [
      ControlCondition(net: FileReference(path: Fixtures.path("tiny-controlnet")), image: FileReference(path: video))
    ]
    let error = #expect(throws: RequestError.self) { try model.start(request) }
    #expect(
      error?.description == "frames is 6; expected at most 5, the frames of \(video) for `control_image`.")
  }
}
