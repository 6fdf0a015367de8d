import NegativeSpaceEvaluation
import NegativeSpaceMedia
import NegativeSpaceRewards
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import Testing

/// Figures of many pictures, by a classifier whose answers are known.
struct PictureSetTests {
  /// Black is of the first class, white of the second; the feature is the brightness.
  private struct Brightness: PictureClassifier {
    var hasFeatures = true

    func callAsFunction(_ pictures: Tensor) -> PictureClasses {
      let brightness = pictures.mean(axes: [1, 2, 3]).reshaped([-1, 1])
      return PictureClasses(
        shares: .concatenate([1 - brightness, brightness], axis: 1), features: hasFeatures ? brightness : nil)
    }
  }

  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func files(_ levels: [UInt8], _ name: String) throws -> [String] {
    try levels.enumerated().map { index, level in
      let path = folder.path("\(name)-\(index).png")
      try Picture(width: 8, height: 8, pixels: [UInt8](repeating: level, count: 192)).write(to: path)
      return path
    }
  }

  /// Two sure and different pictures score 2, two alike ones 1; with each a part of its own, every part scores 1.
  @Test func scoresAreThoseOfThePictures() throws {
    let scorer = PictureSetScorer(Brightness())
    let (different, alike) = (try files([0, 255], "different"), try files([255, 255], "alike"))
    #expect(abs(try scorer.scores(of: different, parts: 1).inceptionScore.mean - 2) < 1e-6)
    #expect(abs(try scorer.scores(of: alike, parts: 1).inceptionScore.mean - 1) < 1e-6)
    #expect(abs(try scorer.scores(of: different, parts: 2).inceptionScore.mean - 1) < 1e-6)
  }

  /// Of one feature it is (μ₁ − μ₂)² + (σ₁ − σ₂)², where 0 and 1 have mean and variance 1/2, and 1 twice 1 and 0.
  @Test func distancesAreThoseOfTheFeatures() throws {
    let scorer = PictureSetScorer(Brightness())
    let one = try files([0, 255], "one")
    let found = try scorer.scores(of: one, reference: try files([255, 255], "two"), parts: 1)
    #expect(abs(try #require(found.frechetDistance).value - (0.25 + 0.5)) < 1e-6)
    #expect(found.pictures == 2)
  }

  @Test func whatCannotBeMeasuredIsSaid() throws {
    let files = try files([0, 255], "few")
    #expect(throws: EvaluationError.fewPictures(count: 2, needed: 10)) {
      try PictureSetScorer(Brightness()).scores(of: files)
    }
    #expect(throws: EvaluationError.noFeatures) {
      try PictureSetScorer(Brightness(hasFeatures: false)).scores(of: files, reference: files, parts: 1)
    }
    #expect(throws: CancellationError.self) {
      try PictureSetScorer(Brightness()).scores(of: files, parts: 1) { true }
    }
  }
}
