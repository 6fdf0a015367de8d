import NegativeSpaceTables

/// Pairs of prompt and negative from files, chosen, and split by prompt.
public struct NegativePairs: Sendable {
  /// To learn on.
  public private(set) var train: [NegativePair] = []
  /// To validate on; no prompt is in both.
  public private(set) var held: [NegativePair] = []
  /// What was there and what of it is used.
  public private(set) var statistics = PairStatistics()

  /// Reads files: CSV, JSON lines or Parquet.
  ///
  /// - Parameters:
  ///   - heldShare: of the prompts that are kept to validate on.
  ///   - keepsPairs: false counts only, in memory that does not grow with texts.
  ///   - isCancelled: asked at each row; true ends the reading with `CancellationError`.
  /// - Throws: `LearningError.setting`, `TableError`, errors in a file.
  public init(
    reading paths: [String], selection: PairSelection = PairSelection(), heldShare: Float = 0.05,
    keepsPairs: Bool = true, isCancelled: () -> Bool = { false }
  ) throws {
    try selection.validate()
    guard heldShare >= 0, heldShare < 1 else {
      throw LearningError.setting("heldShare", found: "\(heldShare)", expected: "a share from 0 to below 1")
    }
    // Hashes rather than texts: of files that do not fit in memory.
    var (known, prompts): (Set<Int>, Set<Int>) = ([], [])
    let columns =
      [selection.promptColumn, selection.negativeColumn] + (selection.minLikes > 0 ? [selection.likesColumn] : [])
    for path in paths {
      try openTable(path).forEachRow(of: columns) { values in
        if isCancelled() { throw CancellationError() }
        statistics.rows += 1
        let pair = NegativePair(prompt: values[0] ?? "", negative: values[1] ?? "")
        var reason = selection.reason(against: pair, likes: values.count > 2 ? values[2] : nil)
        if reason == nil, !selection.keepsDuplicates {
          let isNew = known.insert([pair.key, pair.negative.lowercased()].hashValue).inserted
          if !isNew { reason = .duplicate }
        }
        if let reason {
          statistics.leftOut[reason, default: 0] += 1
          return
        }
        let isHeld = pair.isHeld(share: heldShare)
        statistics.use(pair, isHeld: isHeld)
        prompts.insert(pair.key.hashValue)
        guard keepsPairs else { return }
        if isHeld { held.append(pair) } else { train.append(pair) }
      }
    }
    statistics.prompts = prompts.count
  }

  /// Pairs that are at hand.
  public init(train: [NegativePair], held: [NegativePair]) {
    (self.train, self.held) = (train, held)
    for pair in train { statistics.use(pair, isHeld: false) }
    for pair in held { statistics.use(pair, isHeld: true) }
    (statistics.rows, statistics.prompts) = (statistics.used, Set((train + held).map(\.key)).count)
  }
}
