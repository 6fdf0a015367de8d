import Foundation
import Testing

@testable import NegativeSpaceTensors

/// Random numbers equal to PyTorch's, NumPy's and A1111's, as drawn by `Fixtures/make_random.py`.
struct RandomSourceTests {
  @Test("Every draw of every generator is equal to the original's, in order", arguments: try DrawCase.all())
  func drawsAreEqual(example: DrawCase) throws {
    var source = example.algorithm.source(seed: example.seed)
    for draw in example.draws {
      let words = try draw.perform(with: &source)
      #expect(words.count == draw.count)
      if let values = draw.values {
        #expect(words == values, "\(draw.kind) \(draw.arguments)")
      } else {
        #expect(Array(words.prefix(4)) == draw.first, "\(draw.kind) \(draw.arguments)")
        #expect(Array(words.suffix(4)) == draw.last, "\(draw.kind) \(draw.arguments)")
        #expect(fnv1a(words) == draw.hash, "\(draw.kind) \(draw.arguments)")
      }
    }
  }

  /// `torch.manual_seed(0); torch.rand(8, device="cuda")` as a GPU prints it.
  @Test func philoxUniformValuesAreThoseOfAGPU() {
    var source = PhiloxRandom(seed: 0)
    let printed: [Float] = [0.3990, 0.5167, 0.0249, 0.9401, 0.9459, 0.7967, 0.4150, 0.8203]
    for (value, expected) in zip(source.uniforms(8), printed) { #expect(abs(value - expected) < 0.00005 + 1e-7) }
  }

  /// From the head of A1111's modules/rng_philox.py: a GPU's values, which its own arithmetic misses by some ulp.
  @Test func philoxNormalValuesAreThoseThatA1111Documents() {
    var source = PhiloxRandom(seed: 0)
    let documented: [Float] = [-0.92466259, -0.42534415, -2.6438457, 0.14518388, -0.12086647, -0.57972564]
    for (value, expected) in zip(source.normals(6), documented) { #expect(abs(value - expected) < 5e-7) }
  }

  @Test func aSavedGeneratorContinuesWhereItStopped() throws {
    var source = TorchRandom(seed: 11)
    _ = source.normals(3)
    var restored = try JSONDecoder().decode(TorchRandom.self, from: JSONEncoder().encode(source))
    #expect(restored == source)
    #expect(restored.normals(40) == source.normals(40))
  }

  @Test func aDamagedGeneratorStateIsRefused() {
    let damaged = Data(#"{"bits": {"state": [1, 2, 3], "position": 900}}"#.utf8)
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(TorchRandom.self, from: damaged) }
  }
}

/// One generator and what it drew.
struct DrawCase: Decodable, Sendable, CustomTestStringConvertible {
  struct Draw: Decodable, Sendable {
    let kind: String
    let arguments: [Int]
    let count: Int
    let values: [Int]?
    let first: [Int]?
    let last: [Int]?
    let hash: String?
  }

  let algorithm: RandomAlgorithm
  let seed: Int
  let draws: [Draw]

  var testDescription: String { "\(algorithm) seed \(seed)" }

  static func all() throws -> [DrawCase] {
    let file = try #require(Bundle.module.url(forResource: "Fixtures/random", withExtension: "json"))
    return try JSONDecoder().decode([DrawCase].self, from: Data(contentsOf: file))
  }
}

extension DrawCase.Draw {
  /// Floats as bit patterns, integers as they are.
  func perform(with source: inout any RandomSource) throws -> [Int] {
    switch kind {
    case "normal": return source.normals(arguments[0]).map { Int($0.bitPattern) }
    case "uniform": return source.uniforms(arguments[0]).map { Int($0.bitPattern) }
    case "permutation":
      if var numpy = source as? NumPyRandom {
        defer { source = numpy }
        return numpy.permutation(arguments[0])
      }
      var torch = try #require(source as? TorchRandom)
      defer { source = torch }
      return torch.permutation(arguments[0])
    default:
      var torch = try #require(source as? TorchRandom)
      defer { source = torch }
      return torch.integers(arguments[0], in: arguments[1]..<arguments[2])
    }
  }
}

/// The hash of the fixture script: FNV-1a over whole words.
private func fnv1a(_ words: [Int]) -> String {
  var hash: UInt64 = 0xCBF2_9CE4_8422_2325
  for word in words { hash = (hash ^ UInt64(bitPattern: Int64(word))) &* 0x100_0000_01B3 }
  return (0..<16).map { String(hash >> UInt64(60 - 4 * $0) & 15, radix: 16) }.joined()
}
