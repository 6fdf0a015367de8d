public import NegativeSpacePipelines

/// Results of a comparison.
public struct ComparisonResults: Sendable, Encodable {
  /// The program's version.
  public let version: String
  /// The negatives, in order.
  public let arms: [Arm]
  /// The name of the arm that the others are measured against, where a model has none of its own.
  public let baseline: String
  /// The models, in order.
  public let models: [ModelResults]

  /// A negative by name and what it consists of.
  public struct Arm: Sendable, Encodable {
    /// Name in tables.
    public let name: String
    /// The negative in a few words.
    public let summary: String
  }

  package init(_ comparison: Comparison, models: [ModelResults]) {
    version = ProgramVersion.current
    arms = comparison.arms.map { Arm(name: $0.name, summary: $0.summary) }
    baseline = comparison.arms[comparison.baseline].name
    self.models = models
  }
}

/// Results of a comparison on one model.
public struct ModelResults: Sendable, Encodable {
  /// Name in tables.
  public let name: String
  /// The folder or file.
  public let path: String
  /// Pictures or videos.
  public let kind: ModelKind
  /// `ModelIdentity.hash`.
  public let hash: String
  /// Settings of its runs, for a reader.
  public let settings: [Setting]
  /// Its prompts.
  public let prompts: [String]
  /// Seeds of each prompt.
  public let seeds: Int
  /// The name of the arm that the others are measured against.
  public let baseline: String
  /// Its place among the arms.
  package let baselineIndex: Int
  /// Scores that at least one cell has.
  public let tables: [ScoreTable]
  /// By prompt, seed and arm.
  public let cells: [[[Cell]]]

  /// One setting by name.
  public struct Setting: Sendable, Encodable {
    /// Its name in words.
    public let name: String
    /// Its value in words.
    public let value: String
  }

  /// One picture or clip.
  public struct Cell: Sendable, Encodable {
    /// The name of its files in the folder `cells`, without their endings.
    public let key: String
    /// Where its random numbers start.
    public let seed: UInt64
    /// Its numbers by their names.
    public let scores: [String: Double]

    package init(key: String, seed: UInt64, scores: [String: Double]) {
      (self.key, self.seed, self.scores) = (key, seed, scores)
    }
  }

  private enum CodingKeys: String, CodingKey {
    case name, path, kind, hash, settings, seeds, baseline, tables
    case promptCount = "prompts"
  }

  /// Without the cells and the prompts, which are results.csv.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(name, forKey: .name)
    try values.encode(path, forKey: .path)
    try values.encode(kind, forKey: .kind)
    try values.encode(hash, forKey: .hash)
    try values.encode(settings, forKey: .settings)
    try values.encode(prompts.count, forKey: .promptCount)
    try values.encode(seeds, forKey: .seeds)
    try values.encode(baseline, forKey: .baseline)
    try values.encode(tables, forKey: .tables)
  }

  /// - Parameter scores: of a cell by its key.
  init(
    _ model: ModelCells, _ comparison: Comparison, names: [ScoreName], keys: [[[String]]],
    scores: (String) throws -> [String: Double]
  ) throws {
    let cells = try keys.enumerated().map { prompt, seeds in
      try seeds.enumerated().map { seed, arms in
        try arms.map { key in
          Cell(key: key, seed: comparison.seed(prompt: prompt, seed), scores: try scores(key))
        }
      }
    }
    self.init(
      name: model.spec.name, path: model.spec.path, kind: model.model.kind, hash: model.identity.hash,
      settings: model.settings.map { Setting(name: $0.name, value: $0.value) }, prompts: model.spec.prompts,
      arms: comparison.arms.map(\.name), baseline: model.spec.baseline ?? comparison.baseline, names: names,
      cells: cells)
  }

  package init(
    name: String, path: String, kind: ModelKind, hash: String, settings: [Setting], prompts: [String], arms: [String],
    baseline: Int, names: [ScoreName], cells: [[[Cell]]]
  ) {
    (self.name, self.path, self.kind, self.hash) = (name, path, kind, hash)
    (self.settings, self.prompts, self.cells) = (settings, prompts, cells)
    (self.baseline, baselineIndex) = (arms[baseline], baseline)
    seeds = cells.first?.count ?? 0
    tables = names.compactMap { name in
      let values = arms.indices.map { arm in cells.map { $0.map { $0[arm].scores[name.text] } } }
      guard values.contains(where: { $0.contains { $0.contains { $0 != nil } } }) else { return nil }
      return ScoreTable(name, arms: arms, baseline: baseline, values: values)
    }
  }

  /// The first score that has a better way; prompts are ordered by it.
  package var leading: ScoreTable? { tables.first { $0.score.better != .neither } }
}
