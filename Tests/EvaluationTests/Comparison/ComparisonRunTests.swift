import Foundation
import NegativeSpaceEvaluation
import NegativeSpaceMedia
import NegativeSpacePipelines
import NegativeSpaceSampling
import Synchronization
import Testing

/// Whole comparisons on tiny models with random weights.
struct ComparisonRunTests {
  private func comparison(_ folder: String, model: String = Fixtures.video) -> Comparison {
    var comparison = Comparison(
      arms: [NegativeArm("none", .empty), NegativeArm("words", .words("blurry, grey")), NegativeArm("same", .empty)],
      models: [ComparedModel("tiny", path: model, prompts: ["a red apple", "two blue rockets"])], folder: folder)
    comparison.seeds = 2
    comparison.request.steps = 2
    comparison.request.frames = model == Fixtures.video ? 3 : nil
    comparison.dtype = .float32
    return comparison
  }

  /// Runs, and says how many cells had to be made.
  private func run(
    _ comparison: Comparison, stopAfter: Int = .max
  ) throws -> (results: ComparisonResults, planned: Int, done: Int, notes: [String]) {
    var planned = 0
    let done = Atomic(0)
    var notes: [String] = []
    let run = try ComparisonRun(comparison) { event in
      switch event {
      case .planned(let missing, _): planned = missing
      case .cell(let count, _, _): done.store(count, ordering: .relaxed)
      case .note(let text), .warning(let text): notes.append(text)
      }
    }
    let results = try run.run { done.load(ordering: .relaxed) >= stopAfter }
    return (results, planned, done.load(ordering: .relaxed), notes)
  }

  @Test func `What is there is not made again, and gives the same results`() throws {
    try Fixtures.withFolder { folder in
      let first = try run(comparison(folder))
      // Two arms avoid the same and share their cells: 2 arms × 2 prompts × 2 seeds.
      #expect(first.planned == 8)
      #expect(first.done == 8)
      let second = try run(comparison(folder))
      #expect(second.planned == 0)
      #expect(second.done == 0)
      #expect(second.results.csv() == first.results.csv())
      // A further arm makes its own cells only, under whatever name.
      var more = comparison(folder)
      more.arms[2] = NegativeArm("others", .words("noise"))
      #expect(try run(more).planned == 4)
      more.request.guidanceScale = 3
      #expect(try run(more).planned == 12)
    }
  }

  @Test func `An arm changes what it names, on top of what holds for all`() throws {
    try Fixtures.withFolder { folder in
      var comparison = comparison(folder)
      comparison.request.guidanceScale = 3
      var (rule, words) = (NegativeArm("rule", .empty), NegativeArm("written", .words("blurry")))
      (rule.changes.guidanceRule, rule.changes.guidanceOptions) = (.apg, ["eta": "0"])
      (rule.changes.steps, rule.changes.negativePrompt) = (1, "grey")
      words.changes.negativePrompts = ["a red apple": "green", "two blue rockets": "slow"]
      comparison.arms = [NegativeArm("none", .empty), rule, words]
      comparison.models[0].baseline = 2
      let results = try run(comparison).results
      #expect(results.models[0].baseline == "written" && results.baseline == "none")
      #expect(
        results.models[0].tables[0].rows[2].difference == nil && results.models[0].tables[0].rows[0].difference != nil)
      #expect(results.arms[1].summary.contains("the rule apg (eta=0)") && results.arms[1].summary.contains("1 steps"))
      func request(arm: Int, prompt: Int) throws -> GenerationRequest {
        let key = results.models[0].cells[prompt][0][arm].key
        return try GenerationRecord(contentsOf: "\(folder)/cells/\(key).png").request
      }
      let made = try request(arm: 1, prompt: 0)
      #expect(made.guidanceRule == .apg && made.steps == 1 && made.guidanceScale == 3 && made.negativePrompt == "grey")
      #expect(try request(arm: 2, prompt: 0).negativePrompt == "blurry, green")
      #expect(try request(arm: 2, prompt: 1).negativePrompt == "blurry, slow")
      #expect(try request(arm: 0, prompt: 1).steps == 2)
    }
  }

  @Test func `An interrupted run keeps what was finished`() throws {
    try Fixtures.withFolder { folder in
      #expect(throws: GenerationError.self) { try run(comparison(folder), stopAfter: 3) }
      let rest = try run(comparison(folder))
      #expect(rest.planned == 5)
      let fresh = try Fixtures.withFolder { try run(comparison($0)).results }
      #expect(rest.results.csv() == fresh.csv())
    }
  }

  @Test func `A damaged cell is made again`() throws {
    try Fixtures.withFolder { folder in
      let first = try run(comparison(folder)).results
      let key = first.models[0].cells[0][0][0].key
      try Data("{}".utf8).write(to: URL(fileURLWithPath: "\(folder)/cells/\(key).json"))
      let second = try run(comparison(folder))
      #expect(second.planned == 1)
      #expect(second.results.csv() == first.csv())
    }
  }

  @Test func `Whatever is damaged in a cell, it is made again`() throws {
    try Fixtures.withFolder { folder in
      let first = try run(comparison(folder)).results
      let cell = "\(folder)/cells/\(first.models[0].cells[0][0][0].key)"
      func changing(_ ending: String, _ change: (Data) throws -> Data) throws {
        let file = URL(fileURLWithPath: "\(cell).\(ending)")
        try change(Data(contentsOf: file)).write(to: file)
        let again = try run(comparison(folder))
        #expect(again.planned == 1, "\(ending)")
        #expect(again.results.csv() == first.csv())
        #expect(try run(comparison(folder)).planned == 0)
      }
      try changing("png") { $0.prefix(300) }
      try changing("mp4") { $0.dropLast(20) }
      for (name, value) in [("width", Int.max), ("height", -1), ("frames", -1), ("frames", 0), ("frames", .max)] {
        try changing("json") { data in
          String(decoding: data, as: UTF8.self).replacing(
            try Regex("\"\(name)\" *: *[0-9]+"), with: "\"\(name)\" : \(value)"
          ).data(using: .utf8) ?? Data()
        }
      }
    }
  }

  /// Without guidance a negative does nothing: what is left is the noise.
  @Test(arguments: [Fixtures.image, Fixtures.video])
  func `All arms start from the same noise, and no two seeds do`(_ model: String) throws {
    try Fixtures.withFolder { folder in
      var comparison = comparison(folder, model: model)
      comparison.judge = Fixtures.judge
      comparison.request.guidanceScale = 1
      let cells = try run(comparison).results.models[0].cells
      var pixels: Set<String> = []
      for seeds in cells {
        for arms in seeds {
          let hashes = try arms.map { cell in
            try GenerationRecord(contentsOf: "\(folder)/cells/\(cell.key).png").output.pixelsSHA256
          }
          #expect(Set(hashes).count == 1)
          #expect(Set(arms.map(\.key)).count == 2)
          pixels.insert(hashes[0])
        }
      }
      #expect(pixels.count == 4)
    }
  }

  @Test func `A cell's frames are kept without loss beside its video`() throws {
    try Fixtures.withFolder { folder in
      let results = try run(comparison(folder)).results
      let cell = results.models[0].cells[1][1][1]
      let record = try GenerationRecord(contentsOf: "\(folder)/cells/\(cell.key).png")
      #expect(record.request.seed == 1043)
      #expect(record.request.prompt == "two blue rockets")
      #expect(record.request.negativePrompt == "blurry, grey")
      #expect(record.output.frames == 3)
      let model = try DiffusionModel(folder: Fixtures.video, dtype: .float32)
      let again = try model.generate(record.request) { _ in }
      #expect(again.pixelsSHA256 == record.output.pixelsSHA256)
      // The video is enlarged as `negspace video` does, and the same request makes it.
      let shown = try GenerationRecord(contentsOf: "\(folder)/cells/\(cell.key).mp4")
      #expect(shown.output.width == record.output.width * (shown.request.scale ?? 0))
      #expect(try model.generate(shown.request) { _ in }.pixelsSHA256 == shown.output.pixelsSHA256)
    }
  }

  @Test func `A further score is added to what is there`() throws {
    try Fixtures.withFolder { folder in
      var comparison = comparison(folder)
      comparison.models[0].prompts[0] = "a red apple on a white background"
      let first = try run(comparison).results.models[0]
      #expect(first.tables.map(\.score.text) == ["flicker", "motion amount", "motion smoothness"])
      let frames = "\(folder)/cells/\(first.cells[0][0][0].key).png"
      let old = Date(timeIntervalSince1970: 1_000_000)
      try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: frames)
      comparison.judge = Fixtures.judge
      let second = try run(comparison)
      #expect(second.planned == 8)
      #expect(
        second.results.models[0].tables.map(\.score.text) == [
          "judge quality", "concept accuracy", "background accuracy", "flicker", "motion amount", "motion smoothness",
        ])
      // Two rockets are nothing that the judge knows.
      #expect(second.results.models[0].tables[0].rows.map(\.count) == [2, 2, 2])
      let date = try FileManager.default.attributesOfItem(atPath: frames)[.modificationDate] as? Date
      #expect(date == old, "the frames were made again")
    }
  }

  @Test func `A foreign embedding is refused before anything is made`() throws {
    try Fixtures.withFolder { folder in
      var values = [Float](repeating: 0.1, count: 77 * 768)
      values[5] = 1
      let foreign = folder + "/foreign.safetensors"
      try NegativeEmbedding(values: values, rows: 77, width: 768).write(to: foreign)
      var comparison = comparison(folder + "/out")
      comparison.arms[2] = NegativeArm("foreign", .file(FileReference(path: foreign)))
      #expect(throws: ModelError.self) { try run(comparison) }
      #expect(!FileManager.default.fileExists(atPath: folder + "/out"))
    }
  }

  @Test func `Embeddings of a folder go to their prompts`() throws {
    try Fixtures.withFolder { folder in
      let prompts = ["a red apple", "two blue rockets"]
      try FileManager.default.createDirectory(atPath: folder + "/own", withIntermediateDirectories: true)
      for (index, prompt) in prompts.enumerated() {
        var provenance = EmbeddingProvenance()
        provenance.prompts = prompt
        let values = (0..<(77 * 32)).map { Float(($0 + index) % 7) * 0.1 }
        // The names say the other order; the notes count.
        try NegativeEmbedding(values: values, rows: 77, width: 32, provenance: provenance)
          .write(to: "\(folder)/own/\(2 - index).safetensors")
      }
      var comparison = comparison(folder + "/out")
      comparison.arms[2] = NegativeArm("own", .folder(FileReference(path: folder + "/own", weight: 0.5)))
      let done = try run(comparison)
      for prompt in 0..<2 {
        let key = done.results.models[0].cells[prompt][0][2].key
        let request = try GenerationRecord(contentsOf: "\(folder)/out/cells/\(key).png").request
        #expect(request.negativeEmbeddings.map(\.path) == ["\(folder)/own/\(2 - prompt).safetensors"])
        #expect(request.negativeEmbeddings.map(\.weight) == [0.5])
      }
      comparison.models[0].prompts.append("a third")
      #expect(throws: EvaluationError.noEmbedding(folder: folder + "/own", prompt: "a third")) { try run(comparison) }
    }
  }

  @Test func `A ControlNet is shown one picture for all prompts, or one for each`() throws {
    try Fixtures.withFolder { folder in
      var comparison = comparison(folder + "/out", model: Fixtures.image)
      comparison.judge = Fixtures.judge
      comparison.seeds = 1
      comparison.arms.removeLast()
      let images = folder + "/images"
      try FileManager.default.createDirectory(atPath: images, withIntermediateDirectories: true)
      for (name, grey) in [("10.png", UInt8(200)), ("9.png", UInt8(20))] {
        try Picture(width: 32, height: 32, red: grey, green: grey, blue: 0).write(to: "\(images)/\(name)")
      }
      comparison.models[0].control = .init(
        net: Fixtures.models + "/tiny-controlnet", image: images, strength: 0.5, canny: true)
      let results = try run(comparison).results
      for (prompt, name) in ["9.png", "10.png"].enumerated() {
        let key = results.models[0].cells[prompt][0][0].key
        let control = try #require(
          try GenerationRecord(contentsOf: "\(folder)/out/cells/\(key).png").request.controls.first)
        #expect(control.image.path == "\(images)/\(name)")
        #expect(control.strength == 0.5)
        #expect(control.canny)
      }
      comparison.models[0].prompts.append("a third")
      #expect(throws: EvaluationError.fileCount(folder: images, files: 2, prompts: 3)) { try run(comparison) }
    }
  }
}
