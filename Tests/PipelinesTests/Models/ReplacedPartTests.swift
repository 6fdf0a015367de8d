import Foundation
import NegativeSpacePipelines
import NegativeSpaceTensors
import NegativeSpaceWeights
import Testing

/// Parts that a request replaces, or that nothing asks for, need not be in the model.
struct ReplacedPartTests {
  private let original = Fixtures.path("tiny-image")

  /// A copy of the tiny model without one of its parts, in the index too or only its folder.
  private func without<Result>(_ part: String, inIndex: Bool, _ body: (String) throws -> Result) throws -> Result {
    let folder = try Fixtures.copy(of: "tiny-image")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.removeItem(atPath: "\(folder)/\(part)")
    if !inIndex { try Fixtures.index(part, as: nil, in: folder) }
    return try body(folder)
  }

  private func pixels(_ folder: String, _ change: (inout GenerationRequest) -> Void) throws -> String {
    var request = GenerationRequest(prompt: "a red apple")
    request.steps = 2
    change(&request)
    return try DiffusionModel(folder: folder, dtype: .float32).generate(request) { _ in }.pixelsSHA256
  }

  @Test(arguments: [true, false]) func `Another autoencoder stands in for one that is not there`(inIndex: Bool) throws {
    let wanted = try pixels(original) { _ in }
    try without("vae", inIndex: inIndex) { folder in
      let found = try pixels(folder) { $0.vae = FileReference(path: original + "/vae") }
      #expect(found == wanted)
      let error = #expect(throws: (any Error).self) { try pixels(folder) { _ in } }
      #expect(error.map { "\($0)".contains("vae") } == true)
    }
  }

  @Test(arguments: [true, false]) func `Another scheduler stands in for one that is not there`(inIndex: Bool) throws {
    let wanted = try pixels(original) { _ in }
    try without("scheduler", inIndex: inIndex) { folder in
      let file = original + "/scheduler/scheduler_config.json"
      let found = try pixels(folder) { $0.schedulerConfiguration = FileReference(path: file) }
      #expect(found == wanted)
      let error = #expect(throws: (any Error).self) { try pixels(folder) { _ in } }
      #expect(error.map { "\($0)".contains("scheduler") } == true)
    }
  }

  @Test func `A part that is not used may hold anything`() throws {
    let wanted = try pixels(original) { _ in }
    let folder = try Fixtures.copy(of: "tiny-image")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Data("no JSON".utf8).write(to: URL(fileURLWithPath: folder + "/vae/config.json"))
    let found = try pixels(folder) { $0.vae = FileReference(path: original + "/vae") }
    #expect(found == wanted)
    #expect(throws: (any Error).self) { try pixels(folder) { _ in } }
  }

  @Test func `Texts are encoded by a folder with a text encoder and a tokenizer alone`() throws {
    func encoded(_ folder: String) throws -> [Float]? {
      let file = Fixtures.temporary("embedding.safetensors")
      defer { try? FileManager.default.removeItem(atPath: file) }
      try PromptEmbedding(of: "a red apple", by: TextEncoder(path: folder), clipSkip: 1).write(to: file)
      return try TensorFile(path: file).tensors["prompt_embeds"]?.floats
    }
    let wanted = try encoded(original)
    try without("unet", inIndex: false) { folder in
      for part in ["vae", "scheduler"] { try FileManager.default.removeItem(atPath: "\(folder)/\(part)") }
      let found = try encoded(folder)
      #expect(found == wanted && found != nil)
    }
  }
}
