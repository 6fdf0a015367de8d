/// The space of a text encoder's states; a learned embedding is only used where states mean the same.
///
/// A space is told by a probe: the encoder's own states for a few fixed token sequences. Copies of one encoder in other
/// precisions agree in it though their bytes differ; a name, a width or a hash of the file would not tell.
public struct TextSpace: Sendable, Hashable {
  /// Name for people: that of the model that the space was taken from.
  public let name: String
  /// Numbers in each state.
  public let width: Int
  /// States of a prompt: the encoder's positions, 77 for CLIP.
  public let rows: Int
  /// Layers that the states have passed.
  public let depth: Int
  /// Layers left out after them: 0 for the last layer's states, 1 for the penultimate's.
  public let skipped: Int
  /// Whether the final norm follows.
  public let isNormed: Bool
  /// `probeRows` rows of `width`, row-major; comparisons of shared spaces rest on nothing else.
  package let probe: [Float]

  package init(
    name: String, width: Int, rows: Int, depth: Int, skipped: Int, isNormed: Bool = true, probe: [Float]
  ) {
    precondition(
      probe.count == width * Self.probeRows, "TextSpace: a probe of \(probe.count) numbers of width \(width)")
    (self.name, self.width, self.rows, self.depth) = (name, width, rows, depth)
    (self.skipped, self.isNormed, self.probe) = (skipped, isNormed, probe)
  }

  /// The beginning's state, and the end's of each sequence.
  package static let probeRows = probeSequences.count + 1
}

// MARK: Comparing

extension TextSpace {
  /// Closeness of two spaces; distances are relative, 0 for equal probes, 1.4 for unrelated ones.
  public enum Closeness: Sendable, Hashable {
    /// One encoder, up to what rounding its weights to 16 bits changes.
    case same(distance: Double)
    /// An encoder and one that was trained further from it.
    case near(distance: Double)
    /// Encoders that have nothing to do with each other; nil where not even the shapes agree.
    case foreign(distance: Double?)

    /// Whether an embedding may pass from the one to the other.
    public var isUsable: Bool {
      if case .foreign = self { false } else { true }
    }
  }

  /// Up to this distance two probes are of one encoder.
  ///
  /// Rounding all weights to bfloat16 moves the probe by 0.5 %, in encoders of 3 and of 12 layers alike, to float16 an
  /// eighth of that. What training changed less than a few times this is lost in the choice of a precision.
  public static let sameDistance = 0.02
  /// Up to this distance an embedding is still of use.
  ///
  /// The published ReNeg negatives for SD 1.4 and 1.5, learned apart for one encoder, are 0.38 from each other: that is
  /// how much a learned negative says. An encoder that moved further than 0.5 (a cosine of 0.875) drowns it; unrelated
  /// encoders are 1.4 apart.
  public static let nearDistance = 0.5

  /// Closeness of `other` to this space.
  public func closeness(to other: TextSpace) -> Closeness {
    guard width == other.width, rows == other.rows else { return .foreign(distance: nil) }
    let distance = distance(to: other)
    return distance <= Self.sameDistance
      ? .same(distance: distance)
      : distance <= Self.nearDistance ? .near(distance: distance) : .foreign(distance: distance)
  }

  /// ‖a - b‖ over the mean of ‖a‖ and ‖b‖ for each row, averaged over the rows: symmetric, and no row counts for its
  /// size.
  private func distance(to other: TextSpace) -> Double {
    let rows = (0..<Self.probeRows).map { row in
      var (apart, one, two) = (0.0, 0.0, 0.0)
      for index in (row * width)..<((row + 1) * width) {
        let (a, b) = (Double(probe[index]), Double(other.probe[index]))
        apart += (a - b) * (a - b)
        one += a * a
        two += b * b
      }
      let size = (one.squareRoot() + two.squareRoot()) / 2
      return size > 0 ? apart.squareRoot() / size : 0
    }
    return rows.reduce(0, +) / Double(rows.count)
  }
}

extension TextSpace: CustomStringConvertible {
  /// Its name and what it consists of.
  public var description: String {
    "\(name) (width \(width), \(rows) rows, layer \(depth) of \(depth + skipped), \(isNormed ? "" : "not ")normed)"
  }
}

extension TextSpace.Closeness: CustomStringConvertible {
  /// In words.
  public var description: String {
    func percent(_ distance: Double) -> String { "\((distance * 1000).rounded() / 10) % apart" }
    switch self {
    case .same(let distance): return "the same as the model's, \(percent(distance))"
    case .near(let distance): return "near the model's, \(percent(distance))"
    case .foreign(let distance): return "foreign to the model's" + (distance.map { ", \(percent($0))" } ?? "")
    }
  }
}
