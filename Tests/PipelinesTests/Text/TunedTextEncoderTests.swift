import Foundation
import NegativeSpaceKernels
import NegativeSpacePipelines
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceWeights
import Testing

/// Tuned text encoders whose states are mixed with the model's own.
struct TunedTextEncoderTests {
  private static let own = Fixtures.path("tiny-image/text_encoder")
  private let folder = try? TemporaryFolder()

  private func path(_ name: String) throws -> String { try #require(folder).path(name) }

  /// The tiny model's own encoder moved a little: a transformers folder, or a file.
  ///
  /// - Parameter name: of the folder; of a file if it has an ending.
  private func tuned(
    _ name: String = "tuned", seed: UInt32 = 1, prefix: String = "", leavingOut: String? = nil
  ) throws -> String {
    let reader = try openTensorFile(Self.own + "/model.safetensors")
    var tensors: [String: Tensor] = [:]
    for key in reader.entries.keys.sorted() where leavingOut.map({ !key.contains($0) }) ?? true {
      let tensor = try reader.tensor(key, as: .float32)
      tensors[prefix + key] = tensor + noise(tensor.shape, seed: seed) * 0.02
    }
    let target = try path(name)
    guard !name.contains(".") else {
      try TensorFile(tensors).write(to: target)
      return target
    }
    try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: Self.own + "/config.json", toPath: target + "/config.json")
    try TensorFile(tensors).write(to: target + "/model.safetensors")
    return target
  }

  private func request(_ encoders: [(String, Double?)], negative: String = "a blue banana") -> GenerationRequest {
    var request = GenerationRequest(prompt: "a red apple")
    request.negativePrompt = negative
    request.textEncoders = encoders.map { FileReference(path: $0, weight: $1) }
    (request.steps, request.scale) = (5, 1)
    return request
  }

  private func model(_ name: String = "tiny-image") throws -> DiffusionModel {
    try DiffusionModel(folder: Fixtures.path(name), dtype: .float32)
  }

  /// The states of an encoder by itself.
  private func alone(_ encoder: String, _ prompt: String) throws -> Tensor {
    var options = ModelOptions()
    options.tokenizer = Fixtures.path("tiny-image/tokenizer")
    let file = try path("alone.safetensors")
    try PromptEmbedding(of: prompt, by: TextEncoder(path: encoder, options: options)).write(to: file)
    return try #require(try TensorFile(path: file).tensors["prompt_embeds"])
  }

  // MARK: States

  @Test func `A weight of 0 gives the model's own states, one of 1 the tuned encoder's, to the bit`() throws {
    let (model, encoder) = (try model(), try tuned())
    let without = try model.promptStates(request([]))
    #expect(without.mixed == nil)
    let none = try model.promptStates(request([(encoder, 0)]))
    let mixed = try #require(none.mixed)
    #expect(mixed.positive.floats == without.positive.floats && mixed.negative.floats == without.negative.floats)
    for weight: Double? in [1, nil] {
      let states = try model.promptStates(request([(encoder, weight)]))
      #expect(states.positive.floats == without.positive.floats)
      let mixed = try #require(states.mixed)
      #expect(mixed.positive.floats == (try alone(encoder, "a red apple")).floats)
      #expect(mixed.negative.floats == (try alone(encoder, "a blue banana")).floats)
      #expect(relativeDistance(mixed.positive, without.positive) > 0.01)
    }
  }

  @Test func `Between and beyond the states are the weighted sum, what is left being the model's own`() throws {
    let (one, other) = (try tuned("one", seed: 2), try tuned("other", seed: 3))
    let model = try model()
    for weights in [[0.25, 0], [0.3, 0.5], [1.5, -0.25], [0.7, 0.3]] {
      let states = try model.promptStates(request([(one, weights[0]), (other, weights[1])]))
      let mixed = try #require(states.mixed)
      for (found, prompt) in [(mixed.positive, "a red apple"), (mixed.negative, "a blue banana")] {
        let parts = try [one, other, Self.own].map { try alone($0, prompt) }
        let rest = 1 - weights[0] - weights[1]
        let expected = parts[0] * Float(weights[0]) + parts[1] * Float(weights[1]) + parts[2] * Float(rest)
        #expect(relativeDistance(found, expected) < 1e-6)
      }
    }
  }

  @Test func `A learned negative stays as it is, and is counted from the mix of the empty prompt`() throws {
    let (model, encoder) = (try model(), try tuned())
    let states = noise([1, 77, 32], seed: 4)
    let file = try path("negative.safetensors")
    try TensorFile(["negative_prompt_embeds": states]).write(to: file)
    var asked = request([(encoder, 1)], negative: "")
    asked.negativeEmbeddings = [FileReference(path: file)]
    #expect(try model.promptStates(asked).mixed?.negative.floats == states.floats)
    asked.negativePrompt = "a blue banana"
    let expected = try alone(encoder, "a blue banana") + states - alone(encoder, "")
    #expect(relativeDistance(try #require(model.promptStates(asked).mixed).negative, expected) < 1e-6)
  }

  @Test func `Sums beyond 2 and negative weights are followed, with a warning; closeness is noted`() throws {
    let (model, encoder) = (try model(), try tuned())
    let states = try model.promptStates(request([(encoder, 1.5), (encoder, 1)]))
    #expect(states.warnings.contains { $0.contains("`text_encoders` sum up to 2.5") })
    #expect(states.notes.count == 2 && states.notes[0].contains("near the model's, "))
    #expect(try model.promptStates(request([(encoder, 2)])).warnings.isEmpty)
    let negative = try model.promptStates(request([(encoder, -0.5)]))
    #expect(negative.warnings.contains { $0.contains("the weight -0.5: below 0") })
    #expect(negative.mixed != nil)
    #expect(
      try model.promptStates(request([(Self.own, 1)])).notes[0].hasSuffix("the same as the model's, 0.0 % apart."))
  }

  // MARK: Files

  @Test(arguments: ["tuned.safetensors", "module.tuned.safetensors", "folder", "module/folder", "whole"])
  func `A folder, a file and what DistributedDataParallel saved give the same`(_ form: String) throws {
    let expected = try alone(tuned("expected"), "a red apple").floats
    let prefix = form.hasPrefix("module") ? "module." : ""
    let name = form.replacingOccurrences(of: "module/", with: "")
    if name == "whole" {
      try FileManager.default.createDirectory(atPath: path(name), withIntermediateDirectories: true)
    }
    let encoder = try tuned(name == "whole" ? "whole/text_encoder" : name, prefix: prefix)
    let asked = request([(name == "whole" ? try path(name) : encoder, 1)])
    #expect(try model().promptStates(asked).mixed?.positive.floats == expected)
  }

  @Test func `An encoder of other sizes is refused with both sides, and so is what is none`() throws {
    let model = try model()
    let openCLIP = Fixtures.path("modelscope/open_clip_pytorch_model.bin")
    let short = try tuned("short.safetensors", leavingOut: "layers.2.")
    for (file, found, expected) in [
      (openCLIP, "with ", ", as the text encoder of \(model.path) has"), (short, "with layers: 2", "3, as the text"),
      (Fixtures.path("tiny-image/unet"), "which is no text encoder", "a transformers folder"),
      (Fixtures.path("tiny-image/vae"), "which is no text encoder", "a transformers folder"),
    ] {
      let error = #expect(throws: RequestError.self) { try model.resolve(request([(file, nil)])) }
      #expect(error?.field.name == "text_encoders")
      #expect(error?.found.contains(file) == true && error?.found.contains(found) == true, "\(error?.found ?? "")")
      #expect(error?.expected.contains(expected) == true, "\(error?.expected ?? "")")
    }
    let broken = try tuned("broken.safetensors", leavingOut: "layers.1.mlp.fc2.weight")
    #expect(throws: WeightMismatch.self) { try model.load(for: request([(broken, nil)])) }
    #expect(throws: ModelError.self) { try model.resolve(request([("nowhere", nil)])) }
  }

  // MARK: Runs

  private func latents(_ model: DiffusionModel, _ request: GenerationRequest) throws -> [Latents] {
    var generation = try model.start(request)
    var latents: [Latents] = []
    while try generation.nextStep() != nil { latents.append(generation.latents) }
    return latents
  }

  @Test(arguments: ["tiny-image", "tiny-video"])
  func `Before the interval a run is the plain one, and within it another`(_ name: String) throws {
    let model = try model(name)
    // The video model has the picture model's text encoder.
    let encoder = try tuned()
    let plain = try latents(model, request([]))
    var mixed = request([(encoder, 1)])
    let all = try latents(model, mixed)
    #expect(all[0] != plain[0])
    mixed.textEncoderInterval = [0.4, 1]
    let last = try latents(model, mixed)
    #expect(Array(last[..<2]) == Array(plain[..<2]))
    #expect(last[2] != plain[2])
    mixed.textEncoderInterval = [0, 0.4]
    #expect(Array(try latents(model, mixed)[..<2]) == Array(all[..<2]))
    mixed.textEncoderInterval = [0.5, 0.5]
    #expect(try latents(model, mixed) == plain)
    #expect(try latents(model, request([(encoder, 0)])) == plain)
  }

  @Test func `The settings of a run make it again, unless the encoder has changed`() throws {
    let encoder = try tuned()
    var asked = request([(encoder, 0.5)])
    asked.textEncoderInterval = [0.4, 1]
    let made = try model()
    let result = try made.generate(asked) { _ in }
    let record = try GenerationRecord(result, by: made)
    let read = try GenerationRecord(json: record.json(), path: "record")
    #expect(read == record)
    #expect(read.request.textEncoders[0].sha256?.count == 64 && read.request.textEncoderInterval == [0.4, 1])
    #expect(record.parameters.contains("Text encoder: \"tuned: "))
    #expect(record.parameters.contains(", Weight: 0.5\", Text encoder steps: 0.4-1, "))
    #expect(try model().generate(read.request) { _ in }.pixelsSHA256 == result.pixelsSHA256)

    try FileManager.default.removeItem(atPath: encoder)
    _ = try tuned(seed: 9)
    #expect(throws: ModelError.self) { try model().start(read.request) }
  }
}
