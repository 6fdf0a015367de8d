import Foundation
import NegativeSpaceKernels
import NegativeSpacePipelines
import NegativeSpaceRewards
import NegativeSpaceSampling
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import Testing

@testable import NegativeSpaceLearning

/// The search for a negative for each step, on the tiny model of PipelinesTests.
struct NullTTATests {
  private static let tiny = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "PipelinesTests/Fixtures/tiny-image").path

  private let model: DiffusionModel
  private let rewards = [RewardName(.sharpness, weight: 10)]

  init() throws { model = try DiffusionModel(folder: Self.tiny, dtype: .float32) }

  private var request: GenerationRequest {
    var request = GenerationRequest(prompt: "a red apple")
    (request.steps, request.guidanceScale, request.scale, request.width, request.height) = (4, 3, 1, 32, 32)
    return request
  }

  private func settings(_ change: (inout NullTTASettings) -> Void = { _ in }) -> NullTTASettings {
    var settings = NullTTASettings()
    (settings.mostSteps, settings.restraint, settings.rate) = (4, 0.001, 0.05)
    change(&settings)
    return settings
  }

  private func objective(_ settings: NullTTASettings) throws -> (NullTTAObjective, NullTTAObjective.Place) {
    var request = request
    (request.sampler, request.eta) = (.ddim, 1)
    let run = try model.prepared(request)
    let subject = try SearchSubject(model: model, rewards: rewards, flicker: 0, needsGradient: true)
    let objective = NullTTAObjective(run, subject.rollout(of: run.latents), settings, alphas: try subject.alphas(run))
    let call = ModelCall(index: 2, count: 4, timestep: run.sampler.timesteps[2])
    return (objective, .init(latents: run.latents, call: call, told: run.guided.conditioning(call)))
  }

  @Test func `Inner steps rise and the restraint falls towards the end`() {
    let settings = settings { $0.mostSteps = 55 }
    let (steps, restraints) = (
      [999, 700, 300, 1].map { settings.steps(at: $0) }, [1000, 500, 0].map { settings.restraint(at: $0) }
    )
    #expect(steps == steps.sorted() && steps[0] == 1 && steps[3] == 55, "\(steps)")
    #expect(restraints[0] == settings.restraint && abs(restraints[1] / restraints[0] - Float(0.0183156)) < 1e-5)
  }

  @Test func `The objective's gradient is that of finite differences, and each term is the paper's`() throws {
    let (objective, place) = try objective(settings { $0.restraint = 5 })
    let start = place.told.negative
    let (direction, step) = (Formula.tensor("direction", start.shape), Float(1e-2))
    let plain = try objective.prediction(start, place)
    let here = start + 0.1 * Formula.tensor("offset", start.shape)
    let leaf = here.requiringGradient
    let gradient = try objective(leaf, plain: plain, place).gradients(of: [leaf])[0]
    func value(_ offset: Float) throws -> Float { try objective(here + offset * direction, plain: plain, place).item }
    let slope = (try value(step) - value(-step)) / (2 * step)
    let expected = (gradient * direction).sum().item
    #expect(
      abs(slope - expected) < 0.03 * max(abs(expected), 0.05), "\(expected) by gradients, \(slope) by differences")

    // At the start both restraints are 0.
    let (atStart, reward) = (try objective(start, plain: plain, place).item, try objective.reward(plain, place).item)
    #expect(abs(atStart - reward) < 1e-5)
    let weight = objective.settings.restraint(at: place.call.timestep)
    let timesteps = objective.run.sampler.timesteps.map { Int($0) }
    let (cumulative, next) = (objective.alphas[timesteps[2]], objective.alphas[timesteps[3]])
    let alpha = cumulative / next
    let moved = try objective.prediction(here, place)
    let terms =
      try objective.reward(moved, place).item
      - weight * (1 - alpha) / (2 * alpha * (1 - cumulative)) * (moved - plain).square().sum().item
      - weight / (2 * 100) * (here - start).square().sum().item
    #expect(abs(try objective(here, plain: plain, place).item - terms) < 1e-3 * max(1, abs(terms)))
  }

  @Test func `A slope of the zeroth order leads the way of the gradient`() throws {
    let settings = settings { ($0.directions, $0.directionLength, $0.slope) = (256, 0.02, .zerothOrder) }
    let (objective, place) = try objective(settings)
    let start = place.told.negative
    let plain = try objective.prediction(start, place)
    let here = start + 0.05 * Formula.tensor("offset", start.shape)
    let leaf = here.requiringGradient
    let gradient = try objective(leaf, plain: plain, place).gradients(of: [leaf])[0]
    let slope = try NullTTASearch(objective, seed: 1).slope(here, plain, place, 1)
    let cosine =
      (gradient * slope).sum().item / (gradient.square().sum().item * slope.square().sum().item).squareRoot()
    // 256 directions of 2464: √(256 / 2464) = 0.32 of the gradient is seen.
    #expect(cosine > 0.15, "\(cosine)")
  }

  @Test(arguments: NullTTASettings.Slope.allCases)
  func `What is found raises the reward, and is made again bit for bit from its file`(
    slope: NullTTASettings.Slope
  ) throws {
    let folder = try TemporaryFolder()
    let path = folder.path("found.safetensors")
    func reward(_ settings: NullTTASettings) throws -> (Float, NegativeSearch.Result) {
      let found = try NegativeSearch(model: model, rewards: rewards, settings: settings).search(request)
      return (found.reward, found)
    }
    let none = try reward(
      settings {
        ($0.mostSteps, $0.fewestSteps, $0.particles) = (1, 0, 1); $0.rate = 1e-12
      }
    ).0
    let (raised, found) = try reward(settings { $0.slope = slope })
    #expect(raised > none, "\(raised) after \(none)")
    #expect(found.embedding.steps == 4 && found.calls > 8)

    try found.write(to: path)
    let first = try model.generate(found.replay(path)) { _ in }
    let read = try JSONDecoder().decode(GenerationRequest.self, from: JSONEncoder().encode(first.request))
    let again = try DiffusionModel(folder: Self.tiny, dtype: .float32).generate(read) { _ in }
    #expect(again.pixelsSHA256 == first.pixelsSHA256)
  }

  @Test func `A file for other steps is refused unless it is to be interpolated`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("found.safetensors")
    let search = try NegativeSearch(model: model, rewards: rewards, settings: settings { $0.mostSteps = 1 })
    try search.search(request).write(to: path)
    var other = request
    (other.steps, other.negativeEmbeddings) = (7, [FileReference(path: path)])
    do {
      _ = try model.start(other)
      Issue.record("It was taken")
    } catch let error as RequestError {
      #expect("\(error)".contains("4 steps") && "\(error)".contains("7 of them"), "\(error)")
    }
    other.interpolatesNegative = true
    _ = try model.start(other)
    // What learning starts from is one negative for all steps.
    #expect(throws: ModelError.self) { try model.negative(contentsOf: path) }
  }

  @Test func `What a search cannot stand on is refused`() throws {
    let search = try NegativeSearch(model: model, rewards: rewards, settings: settings())
    for change in [
      { $0.sampler = .euler }, { $0.featureInterval = 2 }, { $0.int8 = true }, { $0.guidanceRule = .apgMix },
      { $0.guidanceScale = 1 },
    ] as [(inout GenerationRequest) -> Void] {
      var request = request
      change(&request)
      #expect(throws: LearningError.self) { try search.search(request) }
    }
    #expect(throws: CancellationError.self) { try search.search(request, isCancelled: { true }) }
    for change in [
      { ($0.mostSteps, $0.fewestSteps, $0.particles) = (0, 0, 1) }, { $0.mostSteps = -1 }, { $0.particles = 0 },
      { $0.rate = .nan }, { $0.spread = 0 }, { $0.fewestSteps = 9 },
    ] as [(inout NullTTASettings) -> Void] {
      #expect(throws: LearningError.self) {
        try NegativeSearch(model: model, rewards: rewards, settings: settings(change))
      }
    }
  }
}
