import Foundation
import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpacePipelines
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceWeights
import Testing

/// LoRAs that are trained: written in the layouts of others, and read back as any file of theirs.
struct LoRAWritingTests {
  private let folder = try? TemporaryFolder()

  private func model() throws -> DiffusionModel {
    try DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: .float32)
  }

  /// Random matrices for every layer that a shape adds to, and the weights that come of them.
  private func trained(
    _ shape: LoRAShape, _ base: [String: Tensor]
  ) throws -> (matrices: [String: Tensor], weights: [String: Tensor]) {
    let matrices = RecordingWeights(FormulaWeights())
    let source = LoRAWeights(Kept(base), shape, matrices: matrices)
    var weights: [String: Tensor] = [:]
    for (name, tensor) in base {
      weights[name] = try source.tensor(name, shape: tensor.shape, role: .matrix, initial: .zeros)
    }
    return (matrices.tensors, weights)
  }

  private final class Kept: WeightSource {
    let tensors: [String: Tensor]
    init(_ tensors: [String: Tensor]) { self.tensors = tensors }
    func contains(_ name: String) -> Bool { tensors[name] != nil }
    func tensor(_ name: String, shape: [Int], role: WeightRole, initial: Initial) throws -> Tensor {
      try #require(tensors[name])
    }
  }

  @Test(arguments: [
    (TunedNetwork.Network.textEncoder, TunedNetwork.Layout.kohya, LoRAShape.Layers.attention),
    (.textEncoder, .diffusers, .linear), (.denoiser, .kohya, .linear), (.denoiser, .diffusers, .attention),
  ])
  func `What is written is what is read`(
    _ network: TunedNetwork.Network, _ layout: TunedNetwork.Layout, _ layers: LoRAShape.Layers
  ) throws {
    let (model, shape) = (try model(), LoRAShape(rank: 2, alpha: 3, layers: layers))
    func tensors(_ requested: RequestedModel) throws -> [String: Tensor] {
      network == .textEncoder ? try requested.textEncoderTensors() : try requested.denoiserTensors(dtype: .float32)
    }
    let base = try tensors(model.requested())
    let (matrices, expected) = try trained(shape, base)
    let changed = base.keys.filter { expected[$0]?.floats != base[$0]?.floats }
    #expect(2 * changed.count == matrices.count && changed.count >= 8)

    let file = try #require(folder).path("lora.safetensors")
    var provenance = EmbeddingProvenance()
    provenance.method = "textcraftor"
    try TunedNetwork(network, tensors: matrices, lora: shape, of: model.files, provenance: provenance)
      .write(to: file, layout: layout)
    var request = GenerationRequest(prompt: "x")
    request.loras = [FileReference(path: file)]
    let found = try tensors(model.requested(request))
    for (name, tensor) in found {
      let distance = relativeDistance(tensor, try #require(expected[name]))
      #expect(distance < 1e-6, "\(name) is \(distance) away")
    }
    #expect(try openTensorFile(file).metadata["negspace.provenance"]?.contains("textcraftor") == true)
  }

  @Test func `A text encoder's LoRA may hold in part of the steps, as a tuned encoder`() throws {
    let (model, shape) = (try model(), LoRAShape(rank: 2))
    let (matrices, _) = try trained(shape, model.requested().textEncoderTensors())
    let file = try #require(folder).path("lora.safetensors")
    try TunedNetwork(
      .textEncoder, tensors: matrices, lora: shape, of: model.files, provenance: EmbeddingProvenance()
    ).write(to: file)
    var merged = GenerationRequest(prompt: "a red apple")
    merged.loras = [FileReference(path: file)]
    var mixed = GenerationRequest(prompt: "a red apple")
    mixed.textEncoders = [FileReference(path: file)]
    let states = try model.promptStates(mixed)
    #expect(try #require(states.mixed).positive.floats == model.promptStates(merged).positive.floats)
    #expect(
      states.positive.floats == (try model.promptStates(GenerationRequest(prompt: "a red apple"))).positive.floats)
    #expect(try model.resolve(mixed).textEncoders[0].sha256?.count == 64)
  }

  @Test func `A LoRA that adds to more than the text encoder is none`() throws {
    let (model, shape) = (try model(), LoRAShape(rank: 2))
    let (matrices, _) = try trained(shape, model.requested().denoiserTensors(dtype: .float32))
    let file = try #require(folder).path("lora.safetensors")
    try TunedNetwork(.denoiser, tensors: matrices, lora: shape, of: model.files, provenance: EmbeddingProvenance())
      .write(to: file)
    var request = GenerationRequest(prompt: "x")
    request.textEncoders = [FileReference(path: file)]
    #expect(throws: LoRAError.self) { try model.requested(request) }
  }

  @Test func `Whole weights are a folder that is a tuned encoder`() throws {
    let model = try model()
    let moved = try model.requested().textEncoderTensors().mapValues { $0 + noise($0.shape, seed: 5) * 0.02 }
    let path = try #require(folder).path("tuned")
    for _ in 0..<2 {
      try TunedNetwork(.textEncoder, tensors: moved, lora: nil, of: model.files, provenance: EmbeddingProvenance())
        .write(to: path)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: path).sorted() == ["config.json", "model.safetensors"])
    var request = GenerationRequest(prompt: "x")
    request.textEncoders = [FileReference(path: path)]
    let states = try model.promptStates(request)
    #expect(states.notes[0].contains("near the model's, "))
  }
}
