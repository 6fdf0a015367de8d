import Foundation
import NegativeSpacePipelines
import NegativeSpaceSampling
import NegativeSpaceTestSupport
import NegativeSpaceWeights
import Testing

/// Starts that cannot be made, each with its words.
struct StartErrorTests {
  private func words(_ model: String, _ change: (inout GenerationRequest) -> Void) throws -> String {
    let model = try DiffusionModel(folder: Fixtures.path(model), dtype: .float32)
    var request = GenerationRequest(prompt: "a red apple")
    change(&request)
    do {
      _ = try model.start(request)
      return "nothing"
    } catch {
      return "\(error)"
    }
  }

  private let picture = FileReference(path: Fixtures.path("start.png"))
  private let video = FileReference(path: Fixtures.path("start.apng"))

  @Test func `What belongs together is asked for together`() throws {
    #expect(try words("tiny-image") { $0.strength = 0.5 }.hasPrefix("strength is 0.5; expected `init_img` or"))
    #expect(try words("tiny-image") { $0.mask = picture }.contains("expected a picture to paint on beside it"))
    #expect(
      try words("tiny-image") {
        ($0.initialImage, $0.initialVideo) = (picture, video)
      }.contains("either a picture or a video"))
    #expect(
      try words("tiny-image") { ($0.initialImage, $0.strength) = (picture, 1.5) }
        == "strength is 1.5; expected a number from 0.0 to 1.0.")
  }

  @Test func `Pictures start pictures, videos start videos`() throws {
    #expect(try words("tiny-video") { $0.initialImage = picture }.contains("makes videos and takes `init_video`."))
    #expect(try words("tiny-image") { $0.initialVideo = video }.contains("makes pictures and takes `init_img`."))
  }

  @Test func `A strength that leaves no step is refused`() throws {
    let found = try words("tiny-image") { ($0.initialImage, $0.strength, $0.steps) = (picture, 0.04, 20) }
    #expect(found == "strength is 0.04; expected at least 0.05, a step of the 20.")
  }

  @Test func `A video must have the frames that are asked for`() throws {
    let found = try words("tiny-video") { ($0.initialVideo, $0.frames, $0.width, $0.height) = (video, 6, 32, 32) }
    #expect(found == "frames is 6; expected at most 5, the frames of \(video.path).")
  }

  @Test func `An inpainting model wants a mask`() throws {
    let path = try Fixtures.copy(of: "tiny-image")
    defer { try? FileManager.default.removeItem(atPath: path) }
    try FurtherRun.addMaskChannels(to: path, FurtherRun.tensors())
    let model = try DiffusionModel(folder: path, dtype: .float32)
    #expect(try model.requested().readsMask)
    let error = #expect(throws: RequestError.self) { try model.start(GenerationRequest(prompt: "x")) }
    #expect(error?.description.contains("mask is missing; expected `init_img` and `mask`") == true)
  }

  @Test func `A scheduler that does not exist here is named with the remedy, which helps`() throws {
    let path = try Fixtures.copy(of: "tiny-image")
    defer { try? FileManager.default.removeItem(atPath: path) }
    let file = URL(fileURLWithPath: "\(path)/scheduler/scheduler_config.json")
    try Data("{\"_class_name\": \"HeunDiscreteScheduler\", \"beta_schedule\": \"scaled_linear\"}".utf8).write(to: file)
    try Fixtures.index("scheduler", as: "HeunDiscreteScheduler", in: path)
    let model = try DiffusionModel(folder: path, dtype: .float32)
    var request = GenerationRequest(prompt: "x")
    #expect(throws: (any Error).self) { try model.start(request) }
    (request.sampler, request.steps) = (.euler, 1)
    _ = try model.generate(request) { _ in }
  }
}
