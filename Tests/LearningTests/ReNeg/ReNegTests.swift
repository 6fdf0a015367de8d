import Foundation
import NegativeSpaceConfiguration
import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceLearning
import NegativeSpaceNetworks
import NegativeSpacePipelines
import NegativeSpaceRewards
import NegativeSpaceSampling
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceText
import NegativeSpaceTraining
import Testing

/// The gradient of a reward with respect to a negative, through guidance, clean estimate, decoder and reward, against
/// diffusers.
///
/// Made with: python Tests/LearningTests/Fixtures/make_reneg.py (torch 2.15, diffusers 0.42.1, transformers 5.23).
@Suite struct ReNegTests {
  private static let prompts = ["low quality", "z"]
  private let file: FixtureFile
  private let model: FrozenModel
  private let reward: CLIPReward

  init() throws {
    let folder = try #require(Bundle.module.url(forResource: "Fixtures/reneg", withExtension: nil))
    file = try FixtureFile(folder.appending(path: "results.safetensors"))
    let configurations = try ConfigFile(path: folder.appending(path: "configs.json").path)
    func decoded<Value: ReadableConfiguration>(_ name: String) throws -> Value {
      try configurations.section(name).decode()
    }
    let tokenizer = try CLIPTokenizer(folder: folder.appending(path: "tokenizer"))
    func formula() -> WeightScope { WeightScope(FormulaWeights()) }
    model = FrozenModel(
      denoiser: try UNet2DConditionModel(decoded("unet"), formula()),
      autoencoder: try AutoencoderKL(decoded("vae"), formula()),
      text: TextConditioner(tokenizer: tokenizer, tower: try CLIPTextModel(decoded("text"), formula())),
      scheduler: try decoded("scheduler"), latentShape: [8, 8, 4])
    reward = CLIPReward(try CLIPModel(decoded("clip"), formula()), tokenizer: tokenizer, scale: .pickScore)
  }

  private func rollout(guidance: Float, isCheckpointed: Bool = false) -> ReNegRollout {
    var settings = ReNegSettings()
    (settings.samplingSteps, settings.guidanceScale, settings.isCheckpointed) = (6, guidance, isCheckpointed)
    return ReNegRollout(model, reward: reward, settings: settings)
  }

  private var noise: Tensor { Formula.tensor("noise", [2, 8, 8, 4]) }

  @Test(arguments: [("last", Float(7.5), [5], false), ("two", 7.5, [4, 5], false), ("two", 7.5, [4, 5], true)])
  func scoreAndGradientAreThoseOfDiffusers(name: String, guidance: Float, stops: [Int], isCheckpointed: Bool) throws {
    let negative = try file.tensor("negative").requiringGradient
    let score = try rollout(guidance: guidance, isCheckpointed: isCheckpointed)
      .score(negative, prompts: Self.prompts, noise: noise, stops: stops)
    #expect(abs(score.item - (try file.tensor("\(name).score")).floats[0]) < 1e-5)
    let distance = relativeDistance(score.gradients(of: [negative])[0], try file.tensor("\(name).gradient"))
    #expect(distance <= 1e-3, "the gradient is \(distance) away")
  }

  @Test(arguments: [("through-2", 2, false), ("through-all", 6, false), ("through-all", 6, true)])
  func gradientThroughWholeStepsIsThatOfDiffusers(name: String, steps: Int, isCheckpointed: Bool) throws {
    let negative = try file.tensor("negative").requiringGradient
    let score = try rollout(guidance: 7.5, isCheckpointed: isCheckpointed)
      .score(negative, prompts: Self.prompts, noise: noise, through: steps)
    #expect(abs(score.item - (try file.tensor("\(name).score")).floats[0]) < 1e-5)
    let distance = relativeDistance(score.gradients(of: [negative])[0], try file.tensor("\(name).gradient"))
    #expect(distance <= 1e-3, "the gradient is \(distance) away")
  }

  @Test func withoutGuidanceThereIsNoGradient() throws {
    let negative = try file.tensor("negative").requiringGradient
    let score = try rollout(guidance: 1).score(negative, prompts: Self.prompts, noise: noise, stops: [5])
    #expect(score.gradients(of: [negative])[0].floats.allSatisfy { $0 == 0 })
  }

  @Test func withoutGuidanceLearningIsRefused() throws {
    #expect(throws: TrainingError.self) {
      try ReNegTask(rollout(guidance: 1), train: Self.prompts, held: Self.prompts)
    }
  }

  /// Nothing else tells the negative to the network there.
  @Test(arguments: [AttentionNegativeName.nag, .nasa, .vsf], [false, true])
  func underARuleInAttentionANegativeIsLearnedWithoutGuidance(
    rule: AttentionNegativeName, isCheckpointed: Bool
  ) throws {
    var settings = ReNegSettings()
    (settings.samplingSteps, settings.guidanceScale, settings.isCheckpointed) = (4, 1, isCheckpointed)
    settings.attentionNegative = rule
    let rollout = ReNegRollout(model, reward: reward, settings: settings)
    _ = try ReNegTask(rollout, train: Self.prompts, held: Self.prompts)
    let (start, direction) = (try file.tensor("negative"), Formula.tensor("direction", [1, 20, 16]))
    func score(_ negative: Tensor) throws -> Tensor {
      try rollout.score(negative, prompts: Self.prompts, noise: noise, through: 4)
    }
    let leaf = start.requiringGradient
    let expected = (try score(leaf).gradients(of: [leaf])[0] * direction).sum().item
    let step: Float = 2e-2
    let difference = try score(start + step * direction).item - score(start - step * direction).item
    let slope = difference / (2 * step)
    #expect(expected != 0)
    // Rewards of float32 pictures, differenced.
    #expect(
      abs(slope - expected) <= 0.05 * max(abs(expected), 0.02), "\(expected) by gradients, \(slope) by differences")
  }

  @Test func theTailIsTheLastThird() {
    var settings = ReNegSettings()
    #expect(settings.tail(of: 30) == 20..<30)
    #expect(settings.tail(of: 2) == 1..<2)
    settings.tail = 0.1
    #expect(settings.tail(of: 30) == 27..<30)
  }

  @Test func learningRaisesTheRewardAndKeepsTheBest() throws {
    var settings = ReNegSettings()
    (settings.samplingSteps, settings.batch, settings.together) = (4, 4, 4)
    let rollout = ReNegRollout(model, reward: reward, settings: settings)
    let task = try ReNegTask(rollout, train: Self.prompts, held: Self.prompts)
    let folder = FileManager.default.temporaryDirectory.appending(path: "reneg-\(UUID().uuidString)").path
    var plan = TrainingPlan(
      folder: folder, steps: 12, shards: 2, learningRate: LearningRate(peak: 0.05, warmup: 0, total: 12),
      averageDecay: 0, checkpointEvery: 4, validateEvery: 4, sampleEvery: 100)
    plan.best = ReNegTask.figure
    let start = model.emptyStates()
    let weights = TrainableWeights(start: NegativeStart(start), dtype: .float32)
    _ = try TrainingLoop(
      task: task, plan: plan, weights: weights, isInterrupted: { false }, report: { _ in }
    ).run()
    let log = try String(contentsOfFile: folder + "/log.csv", encoding: .utf8)
    let gains = log.split(separator: "\n").filter { $0.contains("gain over") }
      .compactMap { $0.split(separator: ",").last.flatMap { Float($0) } }
    #expect(gains.count == 3)
    #expect(try #require(gains.max()) > 0)
    #expect(FileManager.default.fileExists(atPath: folder + "/best.safetensors"))
  }

  @Test func aRunThatGoesOnDoesNotScoreTheEmptyPromptAgain() throws {
    let temporary = try TemporaryFolder()
    let plan = TrainingPlan(
      folder: temporary.path("run"), steps: 1, learningRate: LearningRate(peak: 0.1, warmup: 0, total: 1))
    var settings = ReNegSettings()
    settings.samplingSteps = 2
    var cancelled = ReNegRollout(model, reward: reward, settings: settings)
    let working = cancelled
    cancelled.isCancelled = { true }
    func task(_ rollout: ReNegRollout) throws {
      _ = try ReNegTask(rollout, train: Self.prompts, held: Self.prompts, in: RunFolder(plan))
    }
    #expect(throws: CancellationError.self) { try task(cancelled) }
    try task(working)
    // It would throw if it called a network.
    try task(cancelled)
  }

  @Test func onePromptsNegativeIsNeverWorseThanWhereItStarted() throws {
    var perSample = ReNegPerSample(rollout(guidance: 7.5))
    (perSample.steps, perSample.rate) = (4, 0.05)
    let result = try perSample.refined(model.emptyStates(), prompt: "z", noise: noise)
    #expect(result.after >= result.before)
    #expect(result.step <= 4)
    if result.step == 0 { #expect(result.negative.floats == model.emptyStates().floats) }
  }
}
