import Foundation
public import NegativeSpacePipelines
public import NegativeSpaceRewards
import NegativeSpaceSampling
import NegativeSpaceTensors
import NegativeSpaceWeights

/// Finds a negative for each step of one picture or clip, so that a reward of it rises (Null-TTA, arXiv:2511.20889).
///
///     let search = try NegativeSearch(model: model, rewards: rewards)
///     let found = try search.search(request)
///     try found.write(to: "apple.negatives.safetensors")
///     try model.write(found.replay("apple.negatives.safetensors"), to: "apple.png")
///
/// The file holds the negatives and the noise of the steps: the picture is made from it as any other, and `reproduce`
/// makes it again.
public struct NegativeSearch: Sendable {
  private let model: DiffusionModel
  private let subject: SearchSubject
  private let settings: NullTTASettings

  /// Opens what it takes.
  ///
  /// - Parameters:
  ///   - rewards: scores that are to become better, summed by their weights; at least one.
  /// - Throws: `LearningError.setting`, `RewardError`, errors in a file.
  public init(model: DiffusionModel, rewards: [RewardName], settings: NullTTASettings = NullTTASettings()) throws {
    try settings.validate()
    (self.model, self.settings) = (model, settings)
    subject = try SearchSubject(
      model: model, rewards: rewards, flicker: settings.flicker, needsGradient: settings.slope == .backward)
  }

  /// What was found for one request.
  public struct Result: Sendable {
    /// A negative for each step.
    public let embedding: NegativeEmbedding
    /// Reward of the finished sample.
    public let reward: Float
    /// Calls of the denoiser, a branch of guidance each.
    public let calls: Int
    /// The request, with nothing left open.
    let request: GenerationRequest
    /// PyTorch's layout, stacked on axis 0; nil where no step drew any.
    let noise: Tensor?

    /// The tensor of the noise in the file.
    static let noiseKey = "noise"

    /// Writes negatives and noise as safetensors, whole or not at all.
    ///
    /// - Throws: `TensorFileError.unwritable`.
    public func write(to path: String) throws {
      try embedding.write(to: path, with: noise.map { [Self.noiseKey: $0] } ?? [:])
    }

    /// The request that makes the sample of the file that was written.
    public func replay(_ path: String) -> GenerationRequest {
      var request = request
      request.negativePrompt = ""
      request.negativeEmbeddings = [FileReference(path: path)]
      request.negativeInterval = [0, 1]
      if noise != nil { request.noise = FileReference(path: path, key: Self.noiseKey) }
      return request
    }
  }

  /// All that a search's results depend on beside model, request and seed.
  ///
  /// - Throws: `ModelError` of a file that cannot be read.
  package static func identity(_ rewards: [RewardName], _ settings: NullTTASettings) throws -> String {
    try (["null-tta \(settings.summary)"] + rewards.map { try $0.identity() }).joined(separator: "; ")
  }

  /// What the results for these prompts depend on beside their request and seeds.
  ///
  /// - Parameter start: the file of the negative that each step starts from.
  /// - Throws: `ModelError` of a file that cannot be read.
  package func settings(prompts: [String], start: String) throws -> [String: String] {
    var own = try subject.settings(prompts)
    (own["method"], own["start"]) = ("null-tta", String(try SHA256.hexadecimal(ofFile: start).prefix(16)))
    own["search"] = settings.summary
    return own
  }

  /// Searches.
  ///
  /// - Parameters:
  ///   - request: as for a picture without a search; its negative is where each step starts, and what it is drawn to.
  ///   - report: told after each step: its number, and how many there are.
  ///   - isCancelled: asked before every call of a network; true ends the search with `CancellationError`.
  /// - Throws: `RequestError`, `CancellationError`, errors of the sampler.
  public func search(
    _ request: GenerationRequest, report: (Int, Int) -> Void = { _, _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> Result {
    var request = request
    try Self.check(request)
    (request.sampler, request.eta) = (.ddim, request.eta ?? 1)
    let run = try model.prepared(request)
    try Self.requireEffect(run.guided)
    var rollout = subject.rollout(of: run.latents)
    rollout.isCancelled = isCancelled
    let objective = NullTTAObjective(run, rollout, settings, alphas: try subject.alphas(run))
    let seed = run.request.seed.number ?? 0
    let found = try NullTTASearch(objective, seed: seed).found(report: report)
    var provenance = subject.provenance
    (provenance.method, provenance.prompts) = ("null-tta", run.request.prompt)
    (provenance.steps, provenance.seed) = (found.negatives.size(0), Int(exactly: seed))
    return Result(
      embedding: NegativeEmbedding(states: found.negatives, space: subject.space, provenance: provenance),
      reward: found.reward, calls: found.calls, request: run.request,
      noise: found.noise.isEmpty ? nil : Tensor.stackedChannelsFirst(found.noise))
  }

  /// Refuses a run in which no negative has an effect, so that there is nothing to search for.
  ///
  /// - Throws: `LearningError.setting`.
  private static func requireEffect(_ guided: GuidedDenoiser) throws {
    let late = ModelCall(index: 1000, count: 1001, timestep: 0)
    guard guided.attention == nil, !guided.guidance.rule.isActive(scale: guided.guidance.scale, at: late) else {
      return
    }
    throw LearningError.setting(
      "guidanceScale", found: "\(guided.guidance.scale)",
      expected: "above 1, or a rule of attention: else a negative has no effect")
  }

  /// Refuses what a search cannot stand on.
  ///
  /// - Throws: `LearningError.setting`.
  private static func check(_ request: GenerationRequest) throws {
    func refuse(_ name: String, _ found: String, _ expected: String) -> LearningError {
      .setting(name, found: found, expected: expected)
    }
    if let sampler = request.sampler, sampler != .ddim {
      throw refuse("sampler", sampler.rawValue, "ddim, whose steps with eta 1 the search draws its samples from")
    }
    if let noise = request.noise { throw refuse("noise", noise.path, "none: the search draws its own") }
    if request.featureInterval > 1 {
      throw refuse("feature_interval", "\(request.featureInterval)", "1: a search asks the whole denoiser")
    }
    if request.int8 { throw refuse("int8", "true", "false: whole numbers have no gradient") }
    let options = request.guidanceOptions
    let momentum = options["adaptive_projected_guidance_momentum"] ?? "none"
    if request.guidanceRule == .apgMix || momentum != "none" {
      throw refuse("guidance_rule", request.guidanceRule.rawValue, "a rule that remembers nothing of earlier steps")
    }
  }
}

extension Tensor {
  /// Latents one behind the other in PyTorch's layout: (S, 1, C, …).
  fileprivate static func stackedChannelsFirst(_ parts: [Tensor]) -> Tensor {
    let shape = parts[0].channelsFirst.shape
    return Tensor(parts.flatMap { $0.channelsFirst.values }, shape: [parts.count] + shape)
  }
}
