import Foundation
import NegativeSpacePipelines
import Testing

/// Starting from what was written enlarged.
struct EnlargedStartTests {
  private func size(_ model: String, _ change: (inout GenerationRequest) -> Void) throws -> [Int?] {
    var request = GenerationRequest(prompt: "x")
    change(&request)
    let resolved = try DiffusionModel(folder: Fixtures.path(model), dtype: .float32).resolve(request)
    return [resolved.width, resolved.height]
  }

  private func write(_ model: String, to file: String) throws {
    var request = GenerationRequest(prompt: "x")
    (request.steps, request.scale) = (1, 4)
    try DiffusionModel(folder: Fixtures.path(model), dtype: .float32).write(request, to: file)
  }

  @Test func `A picture is taken at the size it was made at`() throws {
    let file = Fixtures.temporary("enlarged.png")
    defer { try? FileManager.default.removeItem(atPath: file) }
    try write("tiny-image", to: file)
    let made = try size("tiny-image") { _ in }
    #expect(try Frame(contentsOf: file).width == 4 * (made[0] ?? 0))
    #expect(try size("tiny-image") { $0.initialImage = FileReference(path: file) } == made)
    // What is asked for holds.
    #expect(try size("tiny-image") { ($0.initialImage, $0.width) = (FileReference(path: file), 64) }[0] == 64)
    // The same pixels without the record are just a picture of that size.
    let pixels = try Frame(contentsOf: file)
    #expect(try size("tiny-image") { $0.initialImage = FileReference(pixels) }[0] == 4 * (made[0] ?? 0))
  }

  @Test func `A video is too`() throws {
    let file = Fixtures.temporary("enlarged.mp4")
    defer { try? FileManager.default.removeItem(atPath: file) }
    try write("tiny-video", to: file)
    let made = try size("tiny-video") { _ in }
    #expect(try size("tiny-video") { $0.initialVideo = FileReference(path: file) } == made)
  }
}
