import Foundation
import NegativeSpaceEvaluation
import NegativeSpaceTensors
import Testing

/// Against numpy and scipy; made with: python Tests/EvaluationTests/Fixtures/make_statistics.py (numpy 2.4, scipy
/// 1.17).
struct StatisticsTests {
  private struct Reference: Decodable {
    struct Interval: Decodable {
      let value: Double
      let low: Double
      let high: Double
    }
    struct Bootstrap: Decodable {
      let groups: [[Double]]
      let resamples: Int
      let estimate: Interval
    }
    struct Table: Decodable {
      let baseline: [[Double]]
      let arm: [[Double]]
      let difference: Double
      let win_rate: Double
      let pairs: [Int]
      let by_prompt: [Double]
    }
    struct Wilson: Decodable {
      let wins: Int
      let count: Int
      let low: Double
      let high: Double
    }
    struct Analytic: Decodable {
      let values: [Double]
      let low: Double
      let high: Double
    }
    let bootstrap: [Bootstrap]
    let table: Table
    let wilson: [Wilson]
    let analytic: Analytic
  }

  private let reference: Reference

  init() throws { reference = try JSONDecoder().decode(Reference.self, from: Fixtures.data("statistics.json")) }

  @Test func `On the same indices the bootstrap is numpy's`() throws {
    for example in reference.bootstrap {
      let found = try #require(Bootstrap.mean(example.groups, resamples: example.resamples))
      #expect(abs(found.value - example.estimate.value) < 1e-12)
      #expect(abs(found.low - example.estimate.low) < 1e-12)
      #expect(abs(found.high - example.estimate.high) < 1e-12)
    }
  }

  @Test func `Of many normal values the interval is about Student's`() throws {
    let found = try #require(Bootstrap.mean(reference.analytic.values.map { [$0] }))
    let width = reference.analytic.high - reference.analytic.low
    #expect(abs(found.low - reference.analytic.low) < 0.05 * width)
    #expect(abs(found.high - reference.analytic.high) < 0.05 * width)
  }

  /// Seeds of a prompt are alike: an interval that took them for independent would hold the truth far too seldom.
  @Test func `Intervals of nested seeds hold the truth as often as they say`() throws {
    var random = SplitMix64(seed: 5)
    func normal() -> Double { (0..<12).reduce(-6.0) { sum, _ in sum + Double(random.uniform()) } }
    var held = 0
    let experiments = 300
    for _ in 0..<experiments {
      let groups = (0..<40).map { _ in
        let prompt = normal()
        return (0..<4).map { _ in 0.3 + prompt + 0.3 * normal() }
      }
      let found = try #require(Bootstrap.mean(groups, resamples: 400))
      if found.low <= 0.3, 0.3 <= found.high { held += 1 }
    }
    // 95 % of 300 is 285 ± 3.8; resampling small sets is a little too sure of itself.
    #expect((268...297).contains(held), "\(held) of \(experiments)")
  }

  @Test func `Prompts without values do not count, and nothing has no estimate`() throws {
    #expect(Bootstrap.mean([]) == nil)
    #expect(Bootstrap.mean([[], []]) == nil)
    let found = try #require(Bootstrap.mean([[], [2], []]))
    #expect(found == Estimate(2, low: 2, high: 2))
  }

  @Test func `The Wilson interval is scipy's`() {
    for example in reference.wilson {
      let found = Estimate.share(Double(example.wins) / Double(example.count), of: example.count)
      #expect(abs(found.low - example.low) < 1e-12)
      #expect(abs(found.high - example.high) < 1e-12)
    }
  }

  @Test func `A table's differences and wins are numpy's`() throws {
    let example = reference.table
    let table = ScoreTable(
      ScoreName("reward"), arms: ["none", "learned"], baseline: 0,
      values: [example.baseline, example.arm].map { $0.map { $0.map { Optional($0) } } })
    #expect(table.rows[0].difference == nil)
    #expect(table.rows[0].winRate == nil)
    let row = table.rows[1]
    #expect(abs(try #require(row.difference).value - example.difference) < 1e-12)
    #expect(abs(try #require(row.winRate).value - example.win_rate) < 1e-12)
    let pairs = try #require(row.pairs)
    #expect([pairs.better, pairs.equal, pairs.worse] == example.pairs)
    #expect(zip(row.byPrompt, example.by_prompt).allSatisfy { abs(($0 ?? .nan) - $1) < 1e-12 })
  }

  @Test func `Less flicker wins, and motion has no winner`() throws {
    func table(_ score: ScoreName) -> ScoreTable {
      ScoreTable(
        score, arms: ["a", "b"], baseline: 0, values: [[[0.5, nil], [nil, nil]], [[0.4, 0.1], [0.2, nil]]])
    }
    let lower = table(ScoreName("flicker", better: .lower)).rows[1]
    #expect(lower.winRate?.value == 1)
    #expect(lower.count == 3)
    // Only where both have a value is there a difference.
    #expect(lower.byPrompt[1] == nil)
    #expect(abs(try #require(lower.byPrompt[0]) + 0.1) < 1e-12)
    let neither = table(ScoreName("motion amount", better: .neither)).rows[1]
    #expect(neither.winRate == nil)
    #expect(neither.pairs == nil)
  }
}
