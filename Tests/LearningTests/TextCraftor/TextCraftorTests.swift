import Foundation
import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceLearning
import NegativeSpaceNetworks
import NegativeSpacePipelines
import NegativeSpaceSampling
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceTraining
import Testing

/// Scores and gradients of whole runs with a tuned network against diffusers.
///
/// Made with: python Tests/LearningTests/Fixtures/make_textcraftor.py (torch 2.15, diffusers 0.39, transformers 4.57).
@Suite struct TextCraftorTests {
  private let fixture: TextCraftorFixture

  init() throws { fixture = try TextCraftorFixture() }

  /// The worst relative distance of a case's gradients from PyTorch's, over all tensors.
  private func worst(_ name: String, _ gradients: [String: Tensor]) throws -> (name: String, distance: Double) {
    try worst(gradients) { try fixture.file.tensor("\(name).\($0)") }
  }

  /// The same from whatever is expected.
  ///
  /// A key's bias adds one number to a row of attention, which its softmax takes away: the gradient is 0, what is found
  /// is rounding, and is measured by the query's.
  private func worst(
    _ gradients: [String: Tensor], _ expected: (String) throws -> Tensor
  ) throws -> (name: String, distance: Double) {
    var worst = (name: "", distance: 0.0)
    for (key, gradient) in gradients {
      let query = key.replacingOccurrences(of: "k_proj.bias", with: "q_proj.bias")
      let distance =
        query == key
        ? relativeDistance(gradient, try expected(key))
        : relativeDistance(try #require(gradients[query]) + gradient, try #require(gradients[query]))
      if distance > worst.distance { worst = (key, distance) }
    }
    return worst
  }

  private func expectScore(_ score: Tensor, _ name: String) throws {
    let expected = try fixture.file.tensor("\(name).score").floats[0]
    #expect(abs(score.item - expected) < 2e-5 * max(1, abs(expected)), "\(score.item), PyTorch's is \(expected)")
  }

  /// Score and gradients of a case.
  private func taken(_ name: String, _ rollout: TextCraftorRollout) throws -> (score: Tensor, [String: Tensor]) {
    let weights = MovedWeights()
    let score = try rollout.recordedScores(weights, prompts: TextCraftorFixture.prompts, noise: fixture.noise).sum
      .mean()
    let names = weights.leaves.keys.sorted()
    let gradients = score.gradients(of: names.compactMap { weights.leaves[$0] })
    return (score, Dictionary(uniqueKeysWithValues: zip(names, gradients)))
  }

  // MARK: Against PyTorch

  @Test(arguments: ["frozen", "pooled", "unguided", "constraint"])
  func `The gradient of every weight of the encoder is that of PyTorch`(name: String) throws {
    let (score, gradients) = try taken(name, try fixture.rollout(name))
    try expectScore(score, name)
    #expect(gradients.count == 36)
    let (key, distance) = try worst(name, gradients)
    #expect(distance <= 1e-3, "\(key) is \(distance) away")
  }

  @Test(arguments: [TextCraftorSettings.Checkpointing.calls, .layers])
  func `What is computed again has the gradient of what is remembered`(_ way: TextCraftorSettings.Checkpointing) throws
  {
    let (_, remembered) = try taken("frozen", try fixture.rollout())
    let (_, again) = try taken("frozen", try fixture.rollout { $0.checkpointing = way })
    let (key, distance) = try worst(again) { try #require(remembered[$0]) }
    #expect(distance <= 1e-5, "\(key) is \(distance) away")
  }

  @Test func `The gradient of a LoRA's matrices is that of PyTorch`() throws {
    let rollout = try fixture.rollout(lora: LoRAShape(rank: 2, alpha: 3))
    let factors = FormulaWeights(gradientsOf: try loraNames(rollout))
    let score = try rollout.recordedScores(factors, prompts: TextCraftorFixture.prompts, noise: fixture.noise).sum
      .mean()
    try expectScore(score, "lora")
    let names = factors.leaves.keys.sorted()
    let gradients = score.gradients(of: names.compactMap { factors.leaves[$0] })
    #expect(names.count == 16)
    let (key, distance) = try worst("lora", Dictionary(uniqueKeysWithValues: zip(names, gradients)))
    #expect(distance <= 1e-3, "\(key) is \(distance) away")
  }

  private func loraNames(_ rollout: TextCraftorRollout) throws -> [String] {
    let asked = FormulaWeights()
    _ = try rollout.model.tuned.textEncoder(asked)
    return Array(asked.shapes.keys)
  }

  @Test(arguments: [TextCraftorSettings.Checkpointing.none, .calls])
  func `The gradient of the denoiser's weights is that of PyTorch`(_ way: TextCraftorSettings.Checkpointing) throws {
    let base = RecordingWeights(FormulaWeights())
    _ = try UNet2DConditionModel(fixture.unet, WeightScope(base))
    let encoder = try CLIPTextModel(fixture.text, WeightScope(MovedWeights()))
    let model = TextCraftorModel(
      fixture.frozen, tuned: TunedWeights(.denoiser(fixture.unet), base: KeptWeights(base.tensors), lora: nil),
      lastText: TextConditioner(tokenizer: fixture.frozen.text.tokenizer, tower: encoder))
    var settings = TextCraftorSettings()
    (settings.network, settings.checkpointing) = (.denoiser, way)
    let rollout = TextCraftorRollout(model, objective: fixture.objective("frozen"), settings: settings)
    let names = base.tensors.keys.filter { fixture.file.contains("unet.\($0)") }
    let learned = FormulaWeights(gradientsOf: names)
    let score = try rollout.recordedScores(learned, prompts: TextCraftorFixture.prompts, noise: fixture.noise).sum
      .mean()
    try expectScore(score, "unet")
    let sorted = learned.leaves.keys.sorted()
    #expect(sorted.count >= 20)
    let gradients = score.gradients(of: sorted.compactMap { learned.leaves[$0] })
    let (key, distance) = try worst("unet", Dictionary(uniqueKeysWithValues: zip(sorted, gradients)))
    #expect(distance <= 1e-3, "\(key) is \(distance) away")
  }

  @Test func `The gradient through noised pictures is that of PyTorch`() throws {
    let weights = MovedWeights()
    let pictures = Formula.tensor("pictures", [2, 16, 16, 3]).clamped(-1, 1)
    let score = try fixture.rollout().recordedScores(
      weights, pictures: pictures, captions: TextCraftorFixture.prompts,
      spread: Formula.tensor("spread", [2, 8, 8, 4]),
      noise: Formula.tensor("noise", [2, 8, 8, 4]), timesteps: [37, 612]
    ).sum.mean()
    try expectScore(score, "noised")
    let names = weights.leaves.keys.sorted()
    let gradients = score.gradients(of: names.compactMap { weights.leaves[$0] })
    let (key, distance) = try worst("noised", Dictionary(uniqueKeysWithValues: zip(names, gradients)))
    #expect(distance <= 1e-3, "\(key) is \(distance) away")
  }

  // MARK: By itself

  @Test(arguments: ["text_model.encoder.layers.1.mlp.fc1.weight", "text_model.embeddings.position_embedding.weight"])
  func `The gradient is the difference that a small step makes`(name: String) throws {
    let (_, gradients) = try taken("constraint", try fixture.rollout("constraint"))
    let gradient = try #require(gradients[name])
    // Along the gradient itself, where the difference is largest against rounding.
    let direction = gradient * (1 / gradient.square().sum().item.squareRoot())
    func score(_ step: Float) throws -> Double {
      let weights = MovedWeights()
      weights.change = (name, direction * step)
      let rollout = try fixture.rollout("constraint")
      return Double(
        try rollout.recordedScores(weights, prompts: TextCraftorFixture.prompts, noise: fixture.noise).sum.mean().item)
    }
    let step: Float = 2e-3
    let difference = (try score(step) - score(-step)) / (2 * Double(step))
    let expected = Double(gradient.square().sum().item.squareRoot())
    #expect(abs(difference - expected) <= 0.02 * expected, "\(difference), by the gradient \(expected)")
  }

  @Test func `The steps before the last K give exactly no gradient`() throws {
    let rollout = try fixture.rollout { ($0.samplingSteps, $0.recordedSteps) = (8, 3) }
    let rows = rollout.model.states(TextCraftorFixture.prompts, by: fixture.frozen.text.tower)
    // Leaves of their own for each call tell what each of them gives.
    let leaves = (0..<8).map { _ in (rows.positive.requiringGradient, rows.negative.requiringGradient) }
    let latents = try rollout.latents(rollout.model.ownNetworks, noise: fixture.noise, lastSteps: 3) { call in
      Conditioning(positive: leaves[call.index].0, negative: leaves[call.index].1)
    }
    let gradients = latents.square().sum().gradients(of: leaves.flatMap { [$0.0, $0.1] })
    for (index, gradient) in gradients.enumerated() {
      let isZero = gradient.floats.allSatisfy { $0 == 0 }
      #expect(isZero == (index / 2 < 5), "call \(index / 2)")
    }
  }

  @Test func `Before the last K steps the tuned encoder changes nothing`() throws {
    let rollout = try fixture.rollout { ($0.samplingSteps, $0.recordedSteps) = (6, 2) }
    let own = try rollout.recordedScores(FormulaWeights(), prompts: TextCraftorFixture.prompts, noise: fixture.noise)
    let plain = try rollout.testedScores(nil, prompts: TextCraftorFixture.prompts, noise: fixture.noise)
    #expect(own.frames.floats == plain.frames.floats, "the model's own weights are the model itself")
    let tuned = try rollout.recordedScores(MovedWeights(), prompts: TextCraftorFixture.prompts, noise: fixture.noise)
    #expect(tuned.frames.floats != plain.frames.floats)
  }

  @Test func `The authors' grid begins at the noisiest timestep`() throws {
    let scheduler = fixture.frozen.scheduler
    let authors = try TextCraftorSettings.Grid.authors.sampler(scheduler, steps: 25).timesteps
    #expect(authors == (0..<25).map { Float(999 - 40 * $0) })
    #expect(authors.last == 39)
    #expect(try TextCraftorSettings.Grid.authors.sampler(scheduler, steps: 10).timesteps.first == 999)
    let own = try TextCraftorSettings.Grid.model.sampler(scheduler, steps: 25).timesteps
    #expect(own.first == 961 && own.last == 1)
    #expect(throws: LearningError.self) { try TextCraftorSettings.Grid.authors.sampler(scheduler, steps: 1001) }
  }
}
