import Foundation
import NegativeSpaceConfiguration
import NegativeSpaceKernels
import NegativeSpaceNetworks
import NegativeSpacePipelines
import NegativeSpaceSampling
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceWeights
import Testing

/// TAESD, and Stable Diffusion's autoencoder, in every layout that people have them in.
struct AutoencoderFilesTests {
  private let folder = Fixtures.path("tiny-taesd")

  private func stored() throws -> TensorFile { try TensorFile(path: "\(folder)/diffusion_pytorch_model.safetensors") }

  private func decoded(_ path: String) throws -> [Float] {
    var request = GenerationRequest(prompt: "a red apple")
    (request.steps, request.vae) = (1, FileReference(path: path))
    let model = try DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: .float32)
    var pixels: [Float] = []
    let result = try model.generate(request) { pixels += $0.pixels.map { Float($0) } }
    #expect(result.request.vae?.sha256?.count == 64)
    return pixels
  }

  @Test func `A file with diffusers' keys is what its folder is`() throws {
    #expect(try decoded("\(folder)/diffusion_pytorch_model.safetensors") == decoded(folder))
  }

  @Test func `The two files of TAESD's own repository are what the folder is`() throws {
    let place = Fixtures.temporary("taesd")
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: place) }
    for (half, shift) in [("decoder", 1), ("encoder", 0)] {
      var file = TensorFile()
      for (name, tensor) in try stored().tensors where name.hasPrefix(half) {
        // decoder.layers.2.conv.0.weight is 3.conv.0.weight there.
        let parts = name.split(separator: ".").dropFirst(2)
        let index = try #require(parts.first.flatMap { Int($0) }) + shift
        file.tensors[(["\(index)"] + parts.dropFirst().map(String.init)).joined(separator: ".")] = tensor
      }
      try file.write(to: "\(place)/taesd_\(half).safetensors")
    }
    let decoder = "\(place)/taesd_decoder.safetensors"
    #expect(try decoded(decoder) == decoded(folder))
    let configurations = try [decoder, folder].map { try AutoencoderFiles(path: $0).configuration }
      .map { try #require($0 as? AutoencoderTinyConfiguration) }
    #expect(configurations[0] == configurations[1])
    let picture = Tensor.zeros([1, 16, 12, 3]) + 0.25
    func encoded(_ path: String) throws -> [Float] {
      try AutoencoderFiles(path: path).load(dtype: .float32).latents(of: [picture]) { .zeros($0) }.floats
    }
    #expect(try encoded(decoder) == encoded(folder))

    try FileManager.default.removeItem(atPath: "\(place)/taesd_encoder.safetensors")
    var request = GenerationRequest(prompt: "x")
    (request.vae, request.initialImage) = (
      FileReference(path: decoder), FileReference(path: Fixtures.path("start.png"))
    )
    let model = try DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: .float32)
    #expect(throws: ModelError.noEncoder) { try model.start(request) }
  }

  @Test func `An autoencoder with Stable Diffusion's own names, in a checkpoint or alone, is the checkpoint's`() throws
  {
    let checkpoint = Fixtures.path("checkpoints/sd1.ckpt")
    let part = try CheckpointFile(path: checkpoint).component("vae")
    let configuration: AutoencoderKLConfiguration = try part.config().decode()
    let own = try part.weights().build { try AutoencoderKL(configuration, $0) }
    let latents = noise([1, 4, 3, configuration.latentChannels], seed: 3)
    let expected = own.decode(latents / configuration.scalingFactor).floats

    let alone = Fixtures.temporary("vae.safetensors")
    defer { try? FileManager.default.removeItem(atPath: alone) }
    let reader = try openTensorFile(checkpoint)
    let beginning = "first_stage_model."
    var file = TensorFile(["loss.logvar": .zeros([])])
    for name in reader.entries.keys where name.hasPrefix(beginning) {
      file.tensors[String(name.dropFirst(beginning.count))] = try reader.tensor(name, as: .float32)
    }
    try file.write(to: alone)
    for path in [checkpoint, alone] {
      #expect(try AutoencoderFiles(path: path).load(dtype: .float32).frames(of: latents).floats == expected, "\(path)")
    }
  }

  @Test func `The last step's preview is the picture, or what a small autoencoder makes of it`() throws {
    var request = GenerationRequest(prompt: "a red apple")
    (request.steps, request.sampler, request.scale) = (3, .euler, 1)
    let model = try DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: .float32)
    var generation = try model.start(request)
    var denoised: Latents?
    while let step = try generation.nextStep() { denoised = step.denoised }
    let last = try #require(denoised)
    let frame = try #require(try generation.nextFrame())
    #expect(try PreviewDecoder(model).frame(of: last) == frame)
    request.vae = FileReference(path: folder)
    let small = try DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: .float32)
    var other: [UInt8] = []
    try small.generate(request) { other = $0.pixels }
    #expect(try PreviewDecoder(model, taesd: folder).frame(of: last).pixels == other)
    #expect(other != frame.pixels)
  }

  @Test func `Another file is no autoencoder`() throws {
    let other = Fixtures.path("component-unet.safetensors")
    #expect(throws: ModelError.notAnAutoencoder(path: other, found: "encoder_hidden_states")) {
      try AutoencoderFiles(path: other)
    }
  }

  @Test func `A list of layers that no network can have is refused`() throws {
    let other = Fixtures.temporary("many.safetensors")
    defer { try? FileManager.default.removeItem(atPath: other) }
    // So many halvings that a picture's factor would be beyond all numbers.
    var file = TensorFile(["3.conv.0.weight": .zeros([1])])
    for index in 1...80 { file.tensors["\(index).weight"] = .zeros([2, 4, 1, 1]) }
    try file.write(to: other)
    #expect(throws: ConfigurationError.self) { try AutoencoderFiles(path: other) }
  }

  @Test func `An autoencoder of other latents is refused, and the model's own comes back`() throws {
    let model = try DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: .float32)
    let other = Fixtures.temporary("other.safetensors")
    defer { try? FileManager.default.removeItem(atPath: other) }
    var file = try stored()
    let first = try #require(file.tensors["decoder.layers.0.weight"])
    file.tensors["decoder.layers.0.weight"] = first.slice(axis: 1, from: 0, to: 3)
    try file.write(to: other)
    var request = GenerationRequest(prompt: "x")
    request.vae = FileReference(path: other)
    #expect(throws: ModelError.self) { try model.resolve(request) }
    request.vae = FileReference(path: folder)
    #expect(try model.resolve(request).vae?.path == folder)
    request.vae = nil
    #expect(try model.resolve(request).vae == nil)
    #expect(try model.autoencoder() is AutoencoderKL, "the other autoencoder stayed")
  }
}
