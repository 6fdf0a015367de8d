import NegativeSpaceMedia
import NegativeSpacePipelines

/// An event of a running comparison.
public enum ComparisonEvent: Sendable, Hashable {
  /// Something that was used, or chosen.
  case note(String)
  /// Something that the user should know.
  case warning(String)
  /// Number of cells that have to be made or scored anew, of all.
  case planned(missing: Int, of: Int)
  /// A cell is done, and with it so much of the work, 0 to 1: a clip is more of it than a picture.
  case cell(done: Int, of: Int, share: Double)
}

/// Fills a comparison's cells: those there stay, missing ones are generated and scored, one after the other.
///
/// Cells are kept in the comparison's folder by what determines them, so that a run that was stopped goes on in the
/// next one. It holds the opened models and belongs to one task.
public struct ComparisonRun {
  private let comparison: Comparison
  private let store: CellStore
  private let scorer: Scorer
  private let models: [ModelCells]
  private let report: (ComparisonEvent) -> Void

  /// Opens all models, and refuses whatever can be refused before anything is generated.
  ///
  /// - Parameter report: called with every event.
  /// - Throws: `RequestError`, `ModelError`, `EmbeddingError`, `EvaluationError`, `RewardError`, errors in a file.
  public init(_ comparison: Comparison, report: @escaping (ComparisonEvent) -> Void = { _ in }) throws {
    try comparison.validate()
    (self.comparison, self.report) = (comparison, report)
    scorer = try Scorer(
      rewards: comparison.rewards, negative: comparison.negativeAgreement, judge: comparison.judge)
    models = try comparison.models.map { try ModelCells($0, comparison) }
    for model in models where scorer.names(isClip: model.isClip).isEmpty {
      throw RequestError(
        .reward, found: "missing", expected: "a reward or \(field: .judge), since \(model.spec.path) makes pictures")
    }
    store = try CellStore(folder: comparison.folder + "/cells")
    var said: Set<String> = []
    for note in models.flatMap(\.notes) where said.insert(note).inserted { report(.note(note)) }
  }

  /// One cell that has to be made or scored.
  private struct Cell {
    let model: ModelCells
    let request: GenerationRequest
    let arm: Int
    let key: String
    /// Whether its frames are there, and only scores are missing.
    let isMade: Bool

    /// What it takes, in pixels times steps.
    var work: Double {
      let size = Double((request.width ?? 512) * (request.height ?? 512)) * Double(request.frames ?? 1)
      return size * (isMade ? 1 : 1 + Double(request.steps ?? 25))
    }
  }

  /// Makes and scores what is missing, and counts together.
  ///
  /// - Parameter isCancelled: asked before every cell, step and frame.
  /// - Throws: `GenerationError.cancelled`; the cells that were done are kept.
  public func run(isCancelled: @escaping @Sendable () -> Bool = { false }) throws -> ComparisonResults {
    let keys = try models.map { model in
      try cells(model) { try model.key(prompt: $0, seed: $1, arm: $2) }
    }
    try fill(try missing(keys), isCancelled: isCancelled)
    return try ComparisonResults(
      comparison,
      models: zip(models, keys).map { model, keys in
        try ModelResults(
          model, comparison, names: scorer.names(isClip: model.isClip), keys: keys
        ) { try scores(of: $0, model) }
      })
  }

  /// Something for each prompt, seed and arm of a model.
  private func cells<Value>(_ model: ModelCells, _ value: (Int, Int, Int) throws -> Value) rethrows -> [[[Value]]] {
    try model.spec.prompts.indices.map { prompt in
      try (0..<comparison.seeds).map { seed in try comparison.arms.indices.map { try value(prompt, seed, $0) } }
    }
  }

  /// The cells without a file or without a score, each once, in the order in which they are made.
  private func missing(_ keys: [[[[String]]]]) throws -> [Cell] {
    var seen: Set<String> = []
    var missing: [Cell] = []
    for (model, keys) in zip(models, keys) {
      let wanted = scorer.sources(isClip: model.isClip).map(\.identity)
      for (prompt, seeds) in keys.enumerated() {
        for (seed, arms) in seeds.enumerated() {
          for (arm, key) in arms.enumerated() where seen.insert(key).inserted {
            // Frames that are damaged are made again, though their scores are there.
            let record = store.record(key, isClip: model.isClip)
            let isMade = record.map { (try? store.frames(key, $0)) != nil } ?? false
            if let record, isMade, wanted.allSatisfy(record.scores.keys.contains) { continue }
            missing.append(
              Cell(
                model: model, request: model.request(prompt: prompt, seed: seed, arm: arm), arm: arm, key: key,
                isMade: isMade))
          }
        }
      }
    }
    report(.planned(missing: missing.count, of: seen.count))
    return missing
  }

  private func fill(_ missing: [Cell], isCancelled: @escaping @Sendable () -> Bool) throws {
    guard !missing.isEmpty else { return }
    let loaded = try scorer.load()
    var warned: Set<String> = []
    let work = missing.reduce(0) { $0 + $1.work }
    var done = 0.0
    for (index, cell) in missing.enumerated() {
      if isCancelled() { throw GenerationError.cancelled(phase: "comparing, after \(index) cells", latents: nil) }
      try fill(cell, loaded, isCancelled: isCancelled) { warning in
        if warned.insert(warning).inserted { report(.warning(warning)) }
      }
      done += cell.work
      report(.cell(done: index + 1, of: missing.count, share: min(1, done / work)))
      if index + 1 == missing.count || missing[index + 1].model !== cell.model { cell.model.model.unload() }
    }
  }

  /// Makes a cell unless its frames are there, and adds the scores that it lacks.
  private func fill(
    _ cell: Cell, _ loaded: LoadedScorer, isCancelled: @escaping @Sendable () -> Bool, warn: (String) -> Void
  ) throws {
    let isClip = cell.model.isClip
    var made: GenerationRecord?
    var (frames, record) = kept(cell, warn)
    if frames.isEmpty {
      let result = try cell.model.generate(
        cell.request, arm: cell.arm, negatives: store.negatives(cell.key),
        isCancelled: isCancelled, warn: warn)
      (frames, made) = (result.frames, result.record)
      record = CellRecord(
        pixels: result.record.output.pixelsSHA256, width: frames[0].width, height: frames[0].height,
        frames: frames.count)
    }
    let footage = Footage(frames, isClip: isClip)
    let request = cell.request
    let texts = ScoredTexts(prompt: request.prompt, negative: request.negativePrompt)
    for source in scorer.sources(isClip: isClip) where record.scores[source.identity] == nil {
      record.scores[source.identity] = try loaded.scores(
        source, footage, texts, path: store.path(cell.key, "png"))
    }
    if let made {
      try store.write(frames, made, scale: cell.request.scale ?? 1, record: record, key: cell.key)
    } else {
      try store.write(record, key: cell.key)
    }
  }

  /// Frames and record kept of a cell; no frames if it has to be made.
  private func kept(_ cell: Cell, _ warn: (String) -> Void) -> (frames: [Picture], record: CellRecord) {
    let none = CellRecord(pixels: "", width: 0, height: 0, frames: 0)
    guard let record = store.record(cell.key, isClip: cell.model.isClip) else { return ([], none) }
    do { return (try store.frames(cell.key, record), record) } catch {
      warn("\(error). It is made again.")
      return ([], none)
    }
  }

  /// The scores of a finished cell by their names.
  private func scores(of key: String, _ model: ModelCells) throws -> [String: Double] {
    guard let record = store.record(key, isClip: model.isClip) else {
      throw EvaluationError.damagedCell(path: store.path(key, "json"))
    }
    let all = scorer.sources(isClip: model.isClip).reduce(into: [String: Double]()) { scores, source in
      scores.merge(record.scores[source.identity] ?? [:]) { $1 }
    }
    return scorer.withMix(all)
  }
}
