import Foundation
import NegativeSpaceMedia
import NegativeSpacePipelines
import NegativeSpaceSampling
import Testing

struct GenerationRecordTests {
  private func finished(_ model: String, _ path: String, _ request: GenerationRequest) throws -> GenerationRecord {
    let model = try DiffusionModel(folder: Fixtures.path(model), dtype: .float32)
    let output = try GenerationOutput(path: path, kind: model.kind, fps: request.fps)
    let result = try model.generate(request) { try output.write($0) }
    let record = try GenerationRecord(result, by: model)
    try output.finish(record)
    return record
  }

  @Test(arguments: [
    ("tiny-image", "png"), ("tiny-image", "jpg"), ("tiny-image", "webp"), ("tiny-video", "mp4"), ("tiny-video", "webp"),
    ("tiny-video", "apng"),
  ])
  func `A file gives back how it was made, and doing that again gives the same pixels`(
    _ model: String, _ ending: String
  )
    throws
  {
    let path = Fixtures.temporary("out.\(ending)")
    defer { try? FileManager.default.removeItem(atPath: path) }
    var request = GenerationRequest(prompt: "a \"red\" 🍎, ünïcode\nand a second line")
    (request.negativePrompt, request.steps) = ("blurred", 2)
    let record = try finished(model, path, request)
    let read = try GenerationRecord(contentsOf: path)
    #expect(read == record)
    let again = try DiffusionModel(folder: read.model.path, dtype: read.request.dtype).generate(read.request) { _ in }
    #expect(again.pixelsSHA256 == read.output.pixelsSHA256)
  }

  @Test func `The hash is that of a PNG's own pixels`() throws {
    let path = Fixtures.temporary("out.png")
    defer { try? FileManager.default.removeItem(atPath: path) }
    var request = GenerationRequest(prompt: "a red apple")
    request.steps = 1
    let record = try finished("tiny-image", path, request)
    let picture = try Picture(contentsOf: path)
    #expect(picture.width == 128 && picture.height == 128)
    #expect(SHA256.hexadecimal(of: picture.pixels) == record.output.pixelsSHA256)
  }

  @Test func `The parameters are written as A1111 writes them`() throws {
    let path = Fixtures.temporary("out.mp4")
    defer { try? FileManager.default.removeItem(atPath: path) }
    var request = GenerationRequest(prompt: "a red apple")
    (request.negativePrompt, request.steps, request.sampler, request.schedule) = ("blurred", 2, .dpmpp2M, .karras)
    (request.seed, request.clipSkip, request.guidanceScale) = (3, 2, 9)
    let record = try finished("tiny-video", path, request)
    #expect(
      try ContainerMetadata.read(path).parameters == """
        a red apple
        Negative prompt: blurred
        Steps: 2, Sampler: DPM++ 2M, CFG scale: 9, Seed: 3, Size: 32x32, Model hash: \(record.model.hash.prefix(10)), \
        Model: tiny-video, Schedule type: Karras, Clip skip: 2, RNG: CPU, Upscale: 2, Frames: 4, FPS: 6, \
        Version: negspace \(ProgramVersion.current)
        """)
  }

  @Test func `A file without settings, and one with others, each have their error`() throws {
    let path = Fixtures.temporary("plain.png")
    defer { try? FileManager.default.removeItem(atPath: path) }
    let picture = Picture(width: 2, height: 2, red: 1, green: 2, blue: 3)
    try picture.write(to: path)
    #expect(throws: RecordError.absent(path: path)) { try GenerationRecord(contentsOf: path) }
    try picture.write(to: path, metadata: ContainerMetadata(parameters: nil, negspace: "{\"version\": \"1\"}"))
    #expect(throws: RecordError.malformed(path: path, reason: "\"model\" is missing")) {
      try GenerationRecord(contentsOf: path)
    }
  }

  @Test func `A damaged record is named by place and kind`() throws {
    let path = Fixtures.temporary("out.png")
    defer { try? FileManager.default.removeItem(atPath: path) }
    var request = GenerationRequest(prompt: "a red apple")
    request.steps = 1
    let json = try finished("tiny-image", path, request).json()
    for (old, new, reason) in [
      ("\"width\":", "\"width\":\"x\",\"was\":", "\"request.width\" is not a whole number"),
      ("\"width\":", "\"width\":63.5,\"was\":", "fraction"),
      ("\"prompt\":", "\"prompt\":3,\"was\":", "\"request.prompt\" is not a text"),
    ] {
      let damaged = json.replacingOccurrences(of: old, with: new)
      let error = #expect(throws: RecordError.self) { try GenerationRecord(json: damaged, path: path) }
      #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
    }
  }

  @Test func `A file that a record names must not have changed`() throws {
    let path = Fixtures.temporary("negative.safetensors")
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data("one".utf8).write(to: URL(fileURLWithPath: path))
    let reference = try FileReference(path: path).hashed()
    #expect(try reference.hashed() == reference)
    try Data("two".utf8).write(to: URL(fileURLWithPath: path))
    #expect(throws: ModelError.self) { try reference.hashed() }
  }
}
