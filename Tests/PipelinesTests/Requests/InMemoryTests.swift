import Foundation
import NegativeSpaceMedia
import NegativeSpacePipelines
import NegativeSpaceSampling
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceWeights
import Testing

/// Values in memory in the place of files: each gives what its file gives.
struct InMemoryTests {
  private func model(_ name: String) throws -> DiffusionModel {
    try DiffusionModel(folder: Fixtures.path(name), dtype: .float32)
  }

  /// A request of few steps.
  private func request(_ change: (inout GenerationRequest) -> Void) -> GenerationRequest {
    var request = GenerationRequest(prompt: "a red apple")
    (request.steps, request.scale) = (2, 1)
    change(&request)
    return request
  }

  /// Expects the same pixels of both, and others without either.
  private func expectSame(
    _ name: String, file: (inout GenerationRequest) -> Void, memory: (inout GenerationRequest) -> Void,
    without: (inout GenerationRequest) -> Void = { _ in }
  ) throws {
    let model = try model(name)
    let expected = try model.generate(request(file)) { _ in }.pixelsSHA256
    #expect(try model.generate(request(memory)) { _ in }.pixelsSHA256 == expected)
    #expect(try model.generate(request(without)) { _ in }.pixelsSHA256 != expected)
  }

  private static let start = Fixtures.path("start.png")
  private static let mask = Fixtures.path("mask.png")
  private static let video = Fixtures.path("start.apng")

  private func frames() throws -> [Frame] {
    let reader = try VideoReader(contentsOf: Self.video)
    var frames: [Frame] = []
    while let picture = try reader.next() { frames.append(Frame(picture, index: frames.count)) }
    return frames
  }

  // MARK: Pictures and videos

  @Test func `A picture and a mask in memory give the pixels of their files`() throws {
    let (start, mask) = (try Frame(contentsOf: Self.start), try Frame(contentsOf: Self.mask))
    // Also from bare numbers.
    let bytes = try Frame(width: start.width, height: start.height, pixels: start.pixels)
    try expectSame("tiny-image") {
      ($0.initialImage, $0.mask, $0.strength) = (.init(path: Self.start), .init(path: Self.mask), 0.6)
    } memory: {
      ($0.initialImage, $0.mask, $0.strength) = (FileReference(bytes), FileReference(mask), 0.6)
    } without: {
      ($0.initialImage, $0.strength) = (FileReference(start), 0.6)
    }
  }

  @Test func `A control image in memory gives the pixels of its file`() throws {
    let net = FileReference(path: Fixtures.path("tiny-controlnet"))
    let start = try Frame(contentsOf: Self.start)
    try expectSame("tiny-image") {
      $0.controls = [ControlCondition(net: net, image: FileReference(path: Self.start))]
    } memory: {
      $0.controls = [ControlCondition(net: net, image: FileReference(start))]
    }
  }

  @Test func `A video in memory gives the frames of its file, to start from and for a ControlNet`() throws {
    let net = FileReference(path: Fixtures.path("tiny-controlnet"))
    let (frames, start) = (try frames(), try Frame(contentsOf: Self.start))
    #expect(frames.count == 5)
    func set(_ video: FileReference, _ image: FileReference, _ request: inout GenerationRequest) {
      (request.initialVideo, request.strength) = (video, 0.6)
      request.controls = [ControlCondition(net: net, image: image)]
    }
    let file = FileReference(path: Self.video)
    try expectSame("tiny-video") {
      set(file, file, &$0)
    } memory: {
      set(FileReference(frames), FileReference(frames), &$0)
    }
    // One picture for all frames.
    try expectSame("tiny-video") {
      set(file, FileReference(path: Self.start), &$0)
    } memory: {
      set(FileReference(frames), FileReference(start), &$0)
    } without: {
      set(file, file, &$0)
    }
    let short = request {
      set(FileReference(Array(frames.prefix(3))), file, &$0); $0.frames = 5
    }
    let error = #expect(throws: RequestError.self) { try model("tiny-video").generate(short) { _ in } }
    #expect(error?.field == RequestField(.frames))
  }

  // MARK: Latents and embeddings

  @Test(arguments: ["tiny-image", "tiny-video"])
  func `Latents and noise in memory give what their file gives`(_ name: String) throws {
    let model = try model(name)
    let latents = try model.start(GenerationRequest(prompt: "x")).latents
    let noise = try Latents(
      values: (0..<3).flatMap { step in latents.values.map { $0 * Float(step + 1) / 2 } }, shape: [3] + latents.shape)
    let file = Fixtures.temporary("start.safetensors")
    defer { try? FileManager.default.removeItem(atPath: file) }
    try TensorFile([
      "start": Tensor(latents.values, shape: latents.shape), "noise": Tensor(noise.values, shape: noise.shape),
    ]).write(to: file)
    #expect(try Latents(contentsOf: file, key: "start") == latents)
    try expectSame(name) {
      ($0.sampler, $0.initialLatents, $0.noise) = (.eulerAncestral, .init(keyed: "\(file):start"), .init(path: file))
    } memory: {
      ($0.sampler, $0.initialLatents, $0.noise) = (.eulerAncestral, .init(latents), .init(noise))
    } without: {
      $0.sampler = .eulerAncestral
    }
  }

  @Test func `Embeddings in memory give the states of their files`() throws {
    let (model, tensors) = (try model("tiny-image"), try PromptCase.tensors())
    let (one, word) = (Fixtures.temporary("one.safetensors"), Fixtures.temporary("word.safetensors"))
    defer { for path in [one, word] { try? FileManager.default.removeItem(atPath: path) } }
    try TensorFile(["x": tensors.tensor("negative.one")]).write(to: one)
    try TensorFile(["<sour>": tensors.tensor("vectors.<sour>")]).write(to: word)
    let negative = try NegativeEmbedding(contentsOf: one)
    let learned = try #require(TokenEmbedding.all(contentsOf: word).first)

    func states(_ negatives: [FileReference], _ words: [FileReference]) throws -> PromptStates {
      var request = GenerationRequest(prompt: "a <sour> apple, <tart>")
      (request.negativePrompt, request.negativeEmbeddings, request.embeddings) = ("blurred", negatives, words)
      return try model.promptStates(model.resolve(request))
    }
    let expected = try states(
      [FileReference(path: one, weight: 0.5), FileReference(path: word, weight: 0.25)],
      [FileReference(path: word), FileReference(path: word, token: "<tart>")])
    let found = try states(
      [FileReference(negative, weight: 0.5), FileReference(learned, weight: 0.25)],
      [FileReference(learned), FileReference(learned, token: "<tart>")])
    #expect(found.negative.floats == expected.negative.floats && found.positive.floats == expected.positive.floats)
    #expect(found.warnings.isEmpty && found.notes.count == 4)
    #expect(found.notes.allSatisfy { $0.contains("memory:") }, "\(found.notes)")
  }

  // MARK: References

  @Test func `References are told apart by their values`() throws {
    let black = try Frame(width: 1, height: 2, pixels: [0, 0, 0, 0, 0, 0])
    let wide = try Frame(width: 2, height: 1, pixels: black.pixels, index: 3)
    let same = try Frame(width: 1, height: 2, pixels: black.pixels, index: 3)
    let latents = try Latents(values: [0, 0], shape: [1, 2, 1, 1])
    let other = try Latents(values: [0, 1], shape: [1, 2, 1, 1])
    let references = [
      FileReference(black), FileReference(wide), FileReference([black]), FileReference([black, black]),
      FileReference(latents), FileReference(other), FileReference(path: FileReference(black).path),
    ]
    #expect(Set(references).count == references.count)
    #expect(Set(references.map { reference in request { $0.initialImage = reference } }).count == references.count)
    #expect(FileReference(same) == FileReference(black))
    for reference in references.dropLast() {
      #expect(try reference.hashed() == reference)
      #expect(reference.isInMemory && reference.path == "memory:\(reference.sha256?.prefix(10) ?? "")")
    }
  }

  @Test func `A record keeps the hash of a value in memory, and cannot be followed`() throws {
    let model = try model("tiny-image")
    let start = FileReference(try Frame(contentsOf: Self.start))
    let result = try model.generate(request { ($0.initialImage, $0.strength) = (start, 0.6) }) { _ in }
    #expect(result.request.initialImage == start)
    let record = try GenerationRecord(result, by: model)
    let read = try GenerationRecord(json: record.json(), path: "a.png")
    let image = try #require(read.request.initialImage)
    #expect(image.sha256 == start.sha256 && image.path == start.path && image.isInMemory && image != start)
    #expect(throws: ModelError.self) { try image.hashed() }

    // Not even a file of that name takes the place.
    let folder = Fixtures.temporary("folder")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = "\(folder)/\(start.path)"
    try FileManager.default.copyItem(atPath: Self.start, toPath: path)
    var lost = read.request
    lost.initialImage?.path = path
    lost.initialImage?.sha256 = nil
    for request in [read.request, lost] {
      let error = #expect(throws: RequestError.self) { try model.generate(request) { _ in } }
      #expect(
        error?.description == "init_img is \(request.initialImage?.path ?? ""), which was a value in the memory of the "
          + "program that made the request and is in no file; expected that value once more, or a file that holds it.")
    }
    // Such a file is one like others where its path is given.
    lost.initialImage = FileReference(path: path)
    #expect(try model.generate(lost) { _ in }.pixelsSHA256 == result.pixelsSHA256)
    lost.initialImage = start
    #expect(try model.generate(lost) { _ in }.pixelsSHA256 == result.pixelsSHA256)
  }

  @Test func `JSON makes no value in memory, and says nothing of memory for a file`() throws {
    let file = FileReference(path: "memory:1a2b3c4d5e")
    let written = String(decoding: try JSONEncoder().encode(file), as: UTF8.self)
    #expect(written == #"{"path":"memory:1a2b3c4d5e"}"#)
    let read = try JSONDecoder().decode(FileReference.self, from: Data(written.utf8))
    #expect(read == file && !read.isInMemory)
  }

  // MARK: Refusals

  /// The field, a change, what is found and what is expected.
  private func refusals() throws -> [(String, (inout GenerationRequest) -> Void, String, String)] {
    let picture = FileReference(try Frame(contentsOf: Self.start))
    let latents = FileReference(try Latents(values: [0, 1, 2, 3], shape: [1, 4, 1, 1]))
    let broken = FileReference(try Latents(values: [0, .nan, 2, 3], shape: [1, 4, 1, 1]))
    let video = FileReference(try frames())
    let file = FileReference(path: Self.start)
    let words = FileReference(TokenEmbedding(values: [1, 2], count: 1, width: 2, token: "<x>"))
    let negative = FileReference(NegativeEmbedding(values: [1, 2], rows: 1, width: 2))
    func control(_ net: FileReference, _ image: FileReference) -> [ControlCondition] { [.init(net: net, image: image)] }
    return [
      (
        "negative_embeddings", { $0.negativeEmbeddings = [negative, picture] }, "a picture in memory",
        "a file, or encoder states or token vectors in memory"
      ),
      (
        "embeddings", { $0.embeddings = [words, negative] }, "encoder states in memory",
        "a file, or token vectors in memory"
      ),
      ("init_img", { $0.initialImage = video }, "a video in memory", "a file, or a picture in memory"),
      (
        "mask", { ($0.initialImage, $0.mask) = (picture, latents) }, "latents in memory",
        "a file, or a picture in memory"
      ),
      ("init_video", { $0.initialVideo = picture }, "a picture in memory", "a file, or a video in memory"),
      ("init_video", { $0.initialVideo = FileReference([Frame]()) }, "a video without frames", "at least one frame"),
      ("init_latents", { $0.initialLatents = words }, "token vectors in memory", "a file, or latents in memory"),
      ("init_latents", { $0.initialLatents = broken }, "numbers with NaN or infinity among them", "finite numbers"),
      ("noise", { $0.noise = picture }, "a picture in memory", "a file, or latents in memory"),
      ("vae", { $0.vae = latents }, "latents in memory", "a file"),
      ("loras", { $0.loras = [picture] }, "a picture in memory", "a file"),
      ("text_encoders", { $0.textEncoders = [picture] }, "a picture in memory", "a file"),
      ("scheduler_config", { $0.schedulerConfiguration = latents }, "latents in memory", "a file"),
      ("control_net", { $0.controls = control(picture, file) }, "a picture in memory", "a file"),
      (
        "control_image", { $0.controls = control(file, latents) }, "latents in memory",
        "a file, or a picture or a video in memory"
      ),
      (
        "control_image", { $0.controls = control(.init(path: Fixtures.path("tiny-controlnet")), video) },
        "a video in memory", "a file, or a picture in memory"
      ),
    ]
  }

  @Test func `A value of another kind is refused by its field, with both sides`() throws {
    let model = try model("tiny-image")
    for (field, change, found, expected) in try refusals() {
      let error = #expect(throws: RequestError.self) { try model.start(request(change)) }
      #expect(error?.field.name == field)
      #expect(error?.found.hasPrefix("memory:") == true && error?.found.hasSuffix(", \(found)") == true)
      #expect(error?.expected == expected)
    }
    // Loading asks for the model's parts alone.
    #expect(throws: RequestError.self) { try model.load(for: request { $0.loras = [FileReference([Frame]())] }) }
    #expect(throws: RequestError.self) { try model.load(for: request { $0.vae = FileReference([Frame]()) }) }
  }

  @Test func `Pixels and latents must be as many as their sizes say`() throws {
    for (width, height, count) in [(2, 2, 11), (2, 2, 15), (0, 0, 0), (-1, -1, 3), (.max, .max, 3)] {
      #expect(throws: MediaError.self) {
        try Frame(width: width, height: height, pixels: Array(repeating: 0, count: count))
      }
    }
    for shape in [[1, 4, 2, 2], [4, 1], [1, -4, -1, 1], [1, 4, 0, 1], [.max, .max, 4]] {
      #expect(throws: ModelError.self) { try Latents(values: [0, 1, 2, 3], shape: shape) }
    }
  }
}
