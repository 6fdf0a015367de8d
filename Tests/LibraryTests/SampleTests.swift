import Foundation
import NegativeSpace
import Testing

/// The samples run, and stand in the documentation as they are.
struct SampleTests {
  @Test func `A picture is made and says how`() throws {
    try Sample.withFolder { folder in
      try Sample.run("Picture", in: folder, models: Sample.tinyModels(in: folder))
      let record = try GenerationRecord(contentsOf: folder + "/apple.png")
      #expect(record.model.kind == .image)
      #expect(record.model.path == folder + "/models/emoji-image")
      #expect(record.request.prompt == "a red apple on a yellow background")
      #expect(record.request.seed == 7)
    }
  }

  @Test func `A video is made and says how`() throws {
    try Sample.withFolder { folder in
      try Sample.run("Video", in: folder, models: Sample.tinyModels(in: folder))
      let record = try GenerationRecord(contentsOf: folder + "/apple.mp4")
      #expect(record.model.kind == .video)
      #expect(record.output.frames == record.request.frames)
      #expect(record.output.frames > 1)
    }
  }

  @Test func `A negative is learned and used`() throws {
    try Sample.withFolder { folder in
      try Sample.run("Learn", in: folder, models: Sample.tinyModels(in: folder))
      let learned = try NegativeEmbedding(contentsOf: folder + "/learned.safetensors")
      #expect(learned.rows == 77)
      #expect(learned.provenance?.method == "reneg")
      #expect(learned.provenance?.reward == "quality")
      #expect(learned.provenance?.prompts == "3 prompts")
      #expect(learned.provenance?.steps == 4)
      let record = try GenerationRecord(contentsOf: folder + "/unicorn.png")
      let used = try #require(record.request.negativeEmbeddings.first)
      #expect(used.isInMemory && used.sha256?.count == 64)
      // What was used is what was learned: from its file it makes the same picture, and without it there is another.
      let model = try DiffusionModel(path: folder + "/models/emoji-image")
      func pixels(avoiding negatives: [FileReference]) throws -> String {
        var request = GenerationRequest(prompt: "a unicorn on a blue background")
        request.negativeEmbeddings = negatives
        return try model.generate(request) { _ in }.pixelsSHA256
      }
      let file = FileReference(path: folder + "/learned.safetensors")
      #expect(try pixels(avoiding: [file]) == record.output.pixelsSHA256)
      #expect(try pixels(avoiding: []) != record.output.pixelsSHA256)
    }
  }

  @Test(.enabled(if: Sample.isOptimized)) func `Without an argument the models that ship are found`() throws {
    try Sample.withFolder { folder in
      try Sample.run("Picture", in: folder, models: nil)
      let record = try GenerationRecord(contentsOf: folder + "/apple.png")
      #expect(record.model.path == Sample.repository + "/Models/emoji-image")
    }
  }

  @Test(arguments: ["Picture", "Video", "Learn"]) func `The documentation shows a sample as it is`(name: String) throws
  {
    let page = try String(
      contentsOfFile: Sample.repository + "/Sources/NegativeSpace/NegativeSpace.docc/NegativeSpace.md", encoding: .utf8)
    #expect(page.contains("```swift\n" + (try Sample.text(name)) + "```\n"))
  }
}
