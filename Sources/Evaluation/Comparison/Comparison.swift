package import NegativeSpacePipelines
package import NegativeSpaceRewards

/// Negatives × models × prompts × seeds, and what the results are scored by.
package struct Comparison: Sendable {
  package var arms: [NegativeArm]
  /// The arm that the others are measured against.
  package var baseline = 0
  package var models: [ComparedModel]
  package var rewards: [RewardName] = []
  /// The judge that looks at what is made; nil for none.
  package var judge: (any FrameJudge)?
  /// Seeds of each prompt.
  package var seeds = 1
  /// What all runs have in common; its seed is the first prompt's first.
  package var request = GenerationRequest()
  package var modelOptions = ModelOptions()
  package var dtype: ComputeType?
  /// Where the cells are kept and the results are written.
  package var folder: String

  package init(arms: [NegativeArm], models: [ComparedModel], folder: String) {
    (self.arms, self.models, self.folder) = (arms, models, folder)
  }

  /// Seeds of one prompt are fewer than this, so that neighbouring prompts share none.
  package static let seedStride = 1000

  /// Every prompt has its own noise, and every arm the same: seeds are nested within prompts, not crossed with them.
  package func seed(prompt: Int, _ index: Int) -> Int { request.seed + Self.seedStride * prompt + index }

  /// Checks what can be checked without opening a model.
  ///
  /// - Throws: `RequestError`.
  package func validate() throws {
    try request.validate()
    guard request.seed >= 0 else {
      throw RequestError(.seed, found: "\(request.seed)", expected: "a number from 0, so that a run can be resumed")
    }
    guard (1...Self.seedStride).contains(seeds) else {
      throw RequestError(.seeds, found: "\(seeds)", expected: "a whole number from 1 to \(Self.seedStride)")
    }
    guard arms.count >= 2 else {
      throw RequestError(
        .negative, found: "given \(arms.count == 1 ? "once" : "\(arms.count) times")",
        expected:
          "at least two to compare, such as \(field: .negative) none \(field: .negative) learned=negative.safetensors")
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
  /// - Parameter field: where the name stands.
  /// - Throws: `RequestError`.
  package static func index(of name: String, in names: [String], of field: RequestField) throws -> Int {
    guard let index = names.firstIndex(of: name) else {
      throw RequestError(
        field, found: "\"\(name)\"", expected: "one of \(names.map { "\"\($0)\"" }.joined(separator: ", "))")
    }
    return index
  }
}
