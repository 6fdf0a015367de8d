import Foundation
import NegativeSpaceEvaluation
import Testing

/// Against torch-fidelity; made with: python Tests/EvaluationTests/Fixtures/make_distances.py (torch-fidelity 0.4.0).
struct DistanceTests {
  private struct Reference: Decodable {
    struct Case: Decodable {
      let one: [[Float]]
      let two: [[Float]]
      let distance: Double
    }
    struct Score: Decodable {
      let mean: Double
      let deviation: Double
    }
    let frechet: [Case]
    let shares: [[Float]]
    let score: Score
  }

  private let reference: Reference

  init() throws { reference = try JSONDecoder().decode(Reference.self, from: Fixtures.data("distances.json")) }

  @Test func frechetDistancesAreTorchFidelitys() throws {
    for one in reference.frechet {
      let found = try #require(FrechetDistance(one.one, reference: one.two)).value
      #expect(abs(found - one.distance) <= 1e-3 * one.distance)
      #expect(abs(try #require(FrechetDistance(one.one, reference: one.one)).value) < 1e-5)
    }
  }

  @Test func inceptionScoresAreTorchFidelitys() throws {
    let found = try #require(InceptionScore(reference.shares, parts: 4))
    #expect(abs(found.mean - reference.score.mean) < 1e-4)
    #expect(abs(found.deviation - reference.score.deviation) < 1e-4)
  }

  @Test func whatHasNoDistanceGetsNone() {
    #expect(FrechetDistance([[1, 2]], reference: [[1, 2], [3, 4]]) == nil)
    #expect(FrechetDistance([[1, 2], [2, 1]], reference: [[1], [3]]) == nil)
    #expect(FrechetDistance([[1, .nan], [2, 1]], reference: [[1, 2], [3, 4]]) == nil)
    #expect(InceptionScore([[1, 0]], parts: 2) == nil)
  }
}
