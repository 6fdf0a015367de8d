import Foundation
import NegativeSpaceKernels
import NegativeSpaceNetworks
import NegativeSpacePipelines
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceText
import NegativeSpaceTraining
import Synchronization
import Testing

@testable import NegativeSpaceLearning

/// Whole runs on a tiny model's folder.
@Suite struct DreamArtistLearningTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "../../PipelinesTests/Fixtures/tiny-image").standardized.path

  private let temporary: TemporaryFolder

  init() throws { temporary = try TemporaryFolder() }

  private func model() throws -> DiffusionModel { try DiffusionModel(folder: Self.folder, dtype: .float32) }

  private func learning(_ change: (inout DreamArtistSettings) -> Void = { _ in }) throws -> DreamArtistLearning {
    var settings = DreamArtistSettings()
    (settings.batch, settings.positiveVectors, settings.negativeVectors) = (2, 2, 3)
    settings.templates = ["a {} on a red background", "{}"]
    change(&settings)
    return try DreamArtistLearning(
      model: model(), pictures: [TinyModel.picture()], token: "<it>", settings: settings)
  }

  private func plan(_ name: String, steps: Int) -> DreamArtistPlan {
    var plan = DreamArtistPlan(folder: temporary.path(name), steps: steps)
    (plan.rate, plan.previewEvery) = (0.02, 4)
    return plan
  }

  @Test func `A run that was interrupted goes on to the same bits`() throws {
    let whole = try learning().run(plan("whole", steps: 8))
    let steps = Mutex(0)
    let first = try learning().run(
      plan("parts", steps: 8), report: { _ in steps.withLock { $0 += 1 } }, isCancelled: { steps.withLock { $0 >= 3 } })
    #expect((1..<8).contains(first.step))
    let rest = try learning().run(plan("parts", steps: 8))
    #expect(rest.positive == whole.positive && rest.negative == whole.negative)
    #expect(rest.step == 8)
    for name in ["whole", "parts"] {
      let files = try FileManager.default.contentsOfDirectory(atPath: temporary.path(name))
      #expect(Set(["log.csv", "samples-4.png", "samples-8.png", "checkpoint.safetensors"]).isSubset(of: files))
    }
    #expect(
      try Data(contentsOf: URL(fileURLWithPath: temporary.path("whole/samples-8.png")))
        == Data(contentsOf: URL(fileURLWithPath: temporary.path("parts/samples-8.png"))))
  }

  @Test func `LoRAs of both branches go on to the same bits, and generation has them as learning had`() throws {
    func learn(_ name: String, cut: Int? = nil) throws -> (words: LearnedWords, loss: String) {
      var plan = plan(name, steps: 6)
      (plan.loraRate, plan.negativeLoRARate, plan.previewEvery) = (0.02, 0.01, 6)
      let steps = Mutex(0)
      let words = try learning { ($0.loraRank, $0.hasTextEncoderLoRA) = (2, true) }.run(
        plan, report: { _ in steps.withLock { $0 += 1 } },
        isCancelled: { cut.map { cut in steps.withLock { $0 >= cut } } ?? false })
      let log = try String(contentsOfFile: plan.folder + "/log.csv", encoding: .utf8)
      return (words, String(log.split(separator: "\n").last ?? ""))
    }
    let whole = try learn("whole")
    #expect(try learn("parts", cut: 3).words.step < 6)
    let rest = try learn("parts").words
    for (one, other) in [
      (rest.positiveLoRA, whole.words.positiveLoRA), (rest.negativeLoRA, whole.words.negativeLoRA),
    ] {
      let (one, other) = (try #require(one), try #require(other))
      #expect(!one.tensors.isEmpty && one.tensors.keys.allSatisfy { !$0.contains("to_q") })
      for (name, tensor) in one.tensors { #expect(tensor.floats == other.tensors[name]?.floats, "\(name)") }
      for (name, tensor) in one.textEncoderTensors {
        #expect(tensor.floats == other.textEncoderTensors[name]?.floats, "\(name)")
      }
      // A fresh LoRA adds nothing: what is wide begins at zero, and has moved.
      for tensors in [one.tensors, one.textEncoderTensors] {
        let wide = tensors.filter { $0.key.hasSuffix("lora_B.weight") }
        #expect(wide.values.contains { $0.floats.contains { $0 != 0 } })
      }
    }

    // The same networks, from the files: what a run with them predicts is what learning's own predict.
    let files = try whole.words.write(to: temporary.path("it"))
    #expect(
      files.map { $0.split(separator: "/").suffix(2).joined(separator: "/") }.suffix(2) == [
        "loras/it.safetensors", "loras/it-neg.safetensors",
      ])
    var settings = DreamArtistSettings()
    settings.loraRank = 2
    let (parts, loras) = try FrozenModel.withLoRAs(
      model(), size: SampleSize(), try #require(settings.lora), onTextEncoder: true)
    let averages = try TrainingCheckpoint(folder: temporary.path("whole")).averages().tensors
    let learned = try #require(try loras.networks(SnapshotWeights(averages, dtype: .float32)))
    var request = GenerationRequest(prompt: "x")
    request.loras = [FileReference(path: files[2])]
    request.negativeLoras = [FileReference(path: files[2], weight: -1), FileReference(path: files[3])]
    let model = try model()
    let requested = try model.requested(request)
    let (latents, text) = (Formula.tensor("x", [1] + parts.latentShape), parts.emptyStates())
    for (network, other) in [
      (learned.positive.denoiser, try model.parts.denoiser(requested)),
      (learned.negative.denoiser, try #require(try model.parts.negativeDenoiser(requested))),
    ] {
      let (one, two) = (network(latents, timesteps: [500], text: text), other(latents, timesteps: [500], text: text))
      #expect(relativeDistance(one, two) < 1e-5)
      #expect(relativeDistance(one, parts.denoiser(latents, timesteps: [500], text: text)) > 1e-4)
    }
    let (states, own) = (try model.promptStates(request), try model.promptStates(GenerationRequest(prompt: "x")))
    for (tower, prompt, found, before) in [
      (learned.positive.tower, "x", states.positive, own.positive),
      (learned.negative.tower, "", states.negative, own.negative),
    ] {
      let encoder = try #require(tower)
      let expected = encoder([parts.text.tokenizer.encode(prompt, length: 77).ids]).states
      #expect(relativeDistance(found, expected) < 1e-5)
      #expect(relativeDistance(found, before) > 1e-4)
    }
  }

  @Test func `A folder has the words of one token, as they were learned last`() throws {
    func word(_ token: String) -> TokenEmbedding { TokenEmbedding(values: [1, 2], count: 1, width: 2, token: token) }
    let folder = temporary.path("words")
    try LearnedWords.checkPlace(folder, token: "<it>")
    try LearnedWords(positive: word("<it>"), negative: word("<it>-neg"), step: 1).write(to: folder)
    try LearnedWords.checkPlace(folder, token: "<it>")
    let error = #expect(throws: LearningError.self) { try LearnedWords.checkPlace(folder, token: "it") }
    #expect("\(try #require(error))".contains("it.safetensors is there and holds the word \"<it>\""))
    try FileManager.default.createDirectory(atPath: folder + "/loras", withIntermediateDirectories: true)
    try Data().write(to: URL(fileURLWithPath: folder + "/loras/it-neg.safetensors"))
    try LearnedWords(positive: word("<it>"), negative: nil, step: 1).write(to: folder)
    #expect(try FileManager.default.subpathsOfDirectory(atPath: folder).sorted() == ["it.safetensors", "loras"])
  }

  @Test func `Other settings do not go on from a run`() throws {
    _ = try learning().run(plan("run", steps: 2))
    for change in [
      { $0.guidance = DreamArtistGuidance(5) }, { $0.negativeVectors = 0 }, { $0.templates = ["{}"] }, { $0.seed = 1 },
      { $0.loraRank = 2 },
    ] as [(inout DreamArtistSettings) -> Void] {
      #expect(throws: TrainingError.self) { try learning(change).run(plan("run", steps: 4)) }
    }
    var other = plan("run", steps: 4)
    other.negativeRate = 0.01
    #expect(throws: TrainingError.self) { try learning().run(other) }
    #expect(try learning().run(plan("run", steps: 4)).step == 4)
  }

  @Test func `Nothing but the two words changes`() throws {
    let hash = try model().identity().hash
    let (model, request) = (try model(), GenerationRequest(prompt: "a red apple"))
    let before = try model.promptStates(request).positive.floats
    var settings = DreamArtistSettings()
    (settings.templates, settings.batch) = (["a {}"], 2)
    let words = try DreamArtistLearning(
      model: model, pictures: [TinyModel.picture()], token: "<it>", settings: settings
    ).run(plan("run", steps: 3))
    #expect(try model.promptStates(request).positive.floats == before)
    #expect(try self.model().identity().hash == hash)
    let saved = try TrainingCheckpoint(folder: temporary.path("run")).averages().tensors
    #expect(saved.keys.sorted() == ["negative", "positive"])
    #expect(saved["positive"]?.shape == [3, 32])
    #expect(saved["negative"]?.shape == [6, 32])
    #expect(saved["positive"]?.floats == words.positive.values)
  }

  @Test func `Each word has its own rate`() throws {
    var slow = plan("slow", steps: 2)
    slow.negativeRate = 1e-9
    let start = try learning().subject.start()
    let words = try learning().run(slow)
    let (positive, negative) = (try #require(start["positive"]), try #require(start["negative"]))
    let moved = zip(words.positive.values, positive.floats).map { abs($0 - $1) }.max() ?? 0
    let kept = zip(try #require(words.negative).values, negative.floats).map { abs($0 - $1) }.max() ?? 1
    #expect(moved > 0.01)
    #expect(kept < 1e-6)
  }

  @Test func `A run lowers the loss of fixed noises`() throws {
    _ = try learning().run(plan("run", steps: 40))
    let log = try String(contentsOfFile: temporary.path("run/log.csv"), encoding: .utf8)
    let losses = log.split(separator: "\n").filter { $0.contains("validation latents") }
      .compactMap { $0.split(separator: ",").last.flatMap { Float($0) } }
    #expect(losses.count == 10)
    #expect(try #require(losses.last) < #require(losses.first))
  }

  @Test func `The words' folder says in a prompt what was learned`() throws {
    let (model, words) = (try model(), try learning().run(plan("run", steps: 2)))
    let files = try words.write(to: temporary.path("it"))
    #expect(files.map { ($0 as NSString).lastPathComponent } == ["it.safetensors", "it-neg.safetensors"])
    var request = GenerationRequest(prompt: "a <it> on a red background")
    (request.negativePrompt, request.embeddings) = (
      "a <it>-neg on a red background", [FileReference(path: temporary.path("it"))]
    )
    let resolved = try model.resolve(request)
    #expect(resolved.embeddings.map(\.path) == files.reversed())
    let states = try model.promptStates(resolved)
    #expect(states.warnings.isEmpty)
    #expect(states.notes.count == 2)
    let subject = try learning().subject
    let vectors = Tensor(words.positive.values, shape: [2, 32])
    #expect(states.positive.floats == subject.positive.states([0], vectors).floats)
    let avoided = Tensor(try #require(words.negative).values, shape: [3, 32])
    #expect(try states.negative.floats == #require(subject.negative).states([0], avoided).floats)
    let provenance = try #require(TokenEmbedding.all(contentsOf: files[1]).first?.provenance)
    #expect(provenance.method == "dreamartist")
    #expect(provenance.guidance == "3")
    #expect(provenance.pictures == ["picture.png"])
  }

  @Test func `A model of videos is refused`() throws {
    let video = try DiffusionModel(folder: Self.folder.replacing("tiny-image", with: "tiny-video"), dtype: .float32)
    #expect(throws: LearningError.self) {
      try DreamArtistLearning(model: video, pictures: [TinyModel.picture()], token: "<it>")
    }
  }
}
