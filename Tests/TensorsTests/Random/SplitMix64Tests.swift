import NegativeSpaceTensors
import Testing

@Suite("SplitMix64")
struct SplitMix64Tests {
  /// From Vigna's splitmix64.c with seed 1234567 (the numbers stand on Rosetta Code, "Pseudo-random
  /// numbers/Splitmix64").
  @Test("Its numbers are those of the published C program")
  func publishedNumbers() {
    var random = SplitMix64(seed: 1_234_567)
    let expected: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
      16_408_922_859_458_223_821,
    ]
    for value in expected { #expect(random.next() == value) }
  }

  @Test("Uniform numbers fill 0 to 1 evenly")
  func uniform() {
    var random = SplitMix64(seed: 1)
    let values = (0..<20_000).map { _ in random.uniform() }
    #expect(values.allSatisfy { (0..<1).contains($0) })
    // Mean 1/2, variance 1/12; three standard errors are 0.006 and 0.0016.
    let mean = values.reduce(0, +) / 20_000
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
    #expect(abs(mean - 0.5) < 0.007)
    #expect(abs(variance - 1 / 12) < 0.002)
  }

  @Test("Grain has mean 0 and deviation 1")
  func grain() {
    var random = SplitMix64(seed: 2)
    let values = (0..<20_000).map { _ in random.grain() }
    let mean = values.reduce(0, +) / 20_000
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
    #expect(abs(mean) < 0.022)
    #expect(abs(variance - 1) < 0.03)
    #expect(values.allSatisfy { abs($0) < 3.47 })
  }

  @Test("Integers below a bound are all drawn, equally often")
  func below() {
    var random = SplitMix64(seed: 3)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<14_000 { counts[random.below(7)] += 1 }
    // 2000 expected each, three standard deviations are 124.
    #expect(counts.allSatisfy { abs($0 - 2000) < 150 })
  }

  @Test("Streams and neighbouring indices start differently")
  func streams() {
    var firsts: Set<UInt64> = []
    for stream in 0..<20 as Range<UInt64> {
      for index in 0..<50 as Range<UInt64> {
        var random = SplitMix64(seed: 5, stream: stream, index: index)
        firsts.insert(random.next())
      }
    }
    #expect(firsts.count == 1000)
  }
}
