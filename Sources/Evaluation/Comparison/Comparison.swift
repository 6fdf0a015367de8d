public import NegativeSpacePipelines
public import NegativeSpaceRewards

/// Negatives × models × prompts × seeds, and what the results are scored by.
///
///     var comparison = Comparison(
///       arms: [NegativeArm("none", .empty), NegativeArm("words", .words("blurry"))],
///       models: [ComparedModel("pictures", path: "Models/emoji-image", prompts: ["a red apple", "a dog face"])],
///       folder: "comparison")
///     comparison.rewards = [RewardName(.quality, path: "Models/emoji-reward")]
///     let results = try ComparisonRun(comparison).run()
///     print(results.text)
///     try results.write(to: comparison.folder)
public struct Comparison: Sendable {
  /// The negatives, at least two, each with a name of its own.
  public var arms: [NegativeArm]
  /// The place of the arm that the others are measured against.
  public var baseline = 0
  /// The models, each with a name and prompts of its own.
  public var models: [ComparedModel]
  /// The scores; models of pictures need at least one.
  public var rewards: [RewardName] = []
  /// How far what is made shows what it should avoid; nil leaves it out.
  public var negativeAgreement: NegativeAgreement?
  /// The judge that looks at what is made; nil for none.
  package var judge: (any FrameJudge)?
  /// Seeds of each prompt.
  public var seeds = 1
  /// Settings that all runs have in common; their seed is the first prompt's first.
  public var request = GenerationRequest()
  /// Options of all models beside their paths.
  public var modelOptions = ModelOptions()
  /// Type to compute in; nil is the fastest on this machine.
  public var dtype: ComputeType?
  /// Folder of the cells and the results.
  public var folder: String

  /// A comparison with everything else left to its default.
  public init(arms: [NegativeArm], models: [ComparedModel], folder: String) {
    (self.arms, self.models, self.folder) = (arms, models, folder)
  }

  /// Seeds of one prompt are fewer than this, so that neighbouring prompts share none.
  public static let seedStride = 1000

  /// Every prompt has its own noise, and every arm the same: seeds are nested within prompts, not crossed with them.
  ///
  /// `validate` refuses a first seed whose last would be beyond 2⁶⁴ − 1.
  public func seed(prompt: Int, _ index: Int) -> UInt64 {
    (request.seed.number ?? 0) &+ UInt64(Self.seedStride * prompt + index)
  }

  /// Checks what can be checked without opening a model.
  ///
  /// - Throws: `RequestError`.
  public func validate() throws {
    try request.validate()
    guard request.seed != .drawn else {
      throw RequestError(.seed, found: "\(request.seed)", expected: "a number from 0, so that a run can be resumed")
    }
    guard (1...Self.seedStride).contains(seeds) else {
      throw RequestError(.seeds, found: "\(seeds)", expected: "a whole number from 1 to \(Self.seedStride)")
    }
    let prompts = models.map(\.prompts.count).max() ?? 0
    _ = try request.seed.advanced(by: Self.seedStride * max(prompts - 1, 0) + seeds - 1)
    guard arms.count >= 2 else {
      throw RequestError(
        .negative, found: arms.count == 1 ? "\"\(arms[0].name)\" alone" : "missing",
        expected:
          "at least two to compare, of \(field: .negative) and \(field: .arm), such as \(field: .negative) none \(field: .negative) learned=negative.safetensors"
      )
    }
    for place in [baseline] + models.compactMap(\.baseline) where !arms.indices.contains(place) {
      throw RequestError(.baseline, found: "number \(place)", expected: "a number from 0 to \(arms.count - 1)")
    }
    try Self.checkUnique(arms.map(\.name), .negative)
    try Self.checkUnique(models.map(\.name), .model)
  }

  private static func checkUnique(_ names: [String], _ field: RequestField.Companion) throws {
    var seen: Set<String> = []
    for name in names where !seen.insert(name).inserted {
      throw RequestError(field, found: "\"\(name)\" twice", expected: "a name of its own for each: NAME=…")
    }
  }

  /// The place of a name among those given.
  ///
  /// - Parameter field: field in which the name stands.
  /// - Throws: `RequestError`.
  package static func index(of name: String, in names: [String], of field: RequestField) throws -> Int {
    guard let index = names.firstIndex(of: name) else {
      throw RequestError(
        field, found: "\"\(name)\"", expected: "one of \(names.map { "\"\($0)\"" }.joined(separator: ", "))")
    }
    return index
  }
}
