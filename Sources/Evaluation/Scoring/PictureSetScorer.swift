import NegativeSpaceKernels
import NegativeSpaceMedia
public import NegativeSpaceRewards
import NegativeSpaceTensors

/// Figures of many pictures together.
public struct PictureSetScores: Sendable {
  /// Number of pictures, every frame of a clip being one.
  public let pictures: Int
  /// Clear and manifold: exp of the mean KL(p(y|x) ‖ p(y)).
  public let inceptionScore: InceptionScore
  /// Distance of their features to those of other pictures; nil where none are given.
  public let frechetDistance: FrechetDistance?
}

/// Measures sets of pictures by a classifier: Inception Score (arXiv:1606.03498) and Fréchet distance, which is the FID
/// (arXiv:1706.08500) by the Inception v3 it is defined by.
///
///     let scorer = try PictureSetScorer(.inception(path: "weights-inception-2015-12-05-6726825d.pth"))
///     print(try scorer.scores(of: files, reference: others).inceptionScore.mean)
public struct PictureSetScorer: Sendable {
  private let classifier: any PictureClassifier
  /// Pictures that go through the network at once.
  private static let together = 8

  /// Reads the classifier.
  ///
  /// - Throws: `RewardError`, errors in a file.
  public init(_ classifier: ClassifierName) throws { self.init(try classifier.load()) }

  package init(_ classifier: any PictureClassifier) { self.classifier = classifier }

  /// The figures of pictures and clips in files.
  ///
  /// - Parameters:
  ///   - reference: the pictures whose distance is measured; at least two on both sides.
  ///   - parts: of the Inception Score, in the order of the files; at most as many as there are pictures.
  ///   - isCancelled: asked before every file.
  /// - Throws: `EvaluationError`, `CancellationError`, errors in a file.
  public func scores(
    of files: [String], reference: [String] = [], parts: Int = 10, isCancelled: () -> Bool = { false }
  ) throws -> PictureSetScores {
    let (shares, features) = try seen(files, isCancelled)
    guard let score = InceptionScore(shares, parts: parts) else {
      throw EvaluationError.fewPictures(count: shares.count, needed: max(1, parts))
    }
    guard !reference.isEmpty else {
      return PictureSetScores(pictures: shares.count, inceptionScore: score, frechetDistance: nil)
    }
    guard let features else { throw EvaluationError.noFeatures }
    let others = try seen(reference, isCancelled).features ?? []
    guard let distance = FrechetDistance(features, reference: others) else {
      throw EvaluationError.fewPictures(count: min(features.count, others.count), needed: 2)
    }
    return PictureSetScores(pictures: shares.count, inceptionScore: score, frechetDistance: distance)
  }

  /// A row for each picture; features are nil where the classifier has none.
  private func seen(
    _ files: [String], _ isCancelled: () -> Bool
  ) throws -> (shares: [[Float]], features: [[Float]]?) {
    var shares: [[Float]] = []
    var features: [[Float]]? = []
    for file in files {
      if isCancelled() { throw CancellationError() }
      let footage = try Footage(contentsOf: file)
      for start in stride(from: 0, to: footage.frames.count, by: Self.together) {
        let range = start..<min(footage.frames.count, start + Self.together)
        let classes = withoutGradients { classifier(footage.tensor(range)) }
        shares += classes.shares.rowsOfFloats
        if let rows = classes.features?.rowsOfFloats { features?.append(contentsOf: rows) } else { features = nil }
      }
    }
    return (shares, features)
  }
}

extension Tensor {
  /// The rows of (N, width).
  fileprivate var rowsOfFloats: [[Float]] {
    let (all, width) = (floats, size(1))
    return (0..<size(0)).map { Array(all[($0 * width)..<(($0 + 1) * width)]) }
  }
}
