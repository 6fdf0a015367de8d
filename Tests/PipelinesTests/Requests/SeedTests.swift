import Foundation
import NegativeSpacePipelines
import Testing

/// Seeds of 64 bits, as PyTorch takes them.
struct SeedTests {
  private static let largest = Seed.number(.max)

  @Test(arguments: [
    ("0", Seed.number(0)), ("42", 42), ("9223372036854775808", .number(1 << 63)), ("18446744073709551615", largest),
    ("-1", .drawn), ("-9223372036854775808", .drawn),
  ])
  func `What is typed is what is meant`(_ text: String, _ seed: Seed) throws {
    #expect(Seed(text) == seed)
    // In JSON too, where older records have numbers below 2⁶³.
    let request = try JSONDecoder().decode(GenerationRequest.self, from: Data("{\"seed\": \(text)}".utf8))
    #expect(request.seed == seed)
    let again = try JSONDecoder().decode(GenerationRequest.self, from: JSONEncoder().encode(request))
    #expect(again.seed == seed)
  }

  @Test(arguments: ["18446744073709551616", "-9223372036854775809", "1.5", "x", "", "0x10"])
  func `Other numbers are none`(_ text: String) {
    #expect(Seed(text) == nil)
  }

  @Test func `Later seeds are counted to the end, and not beyond`() throws {
    #expect(try Seed.number(1 << 63 - 1).advanced(by: 1) == .number(1 << 63))
    #expect(try Seed.number(.max - 1).advanced(by: 1) == Self.largest)
    #expect(try Seed.drawn.advanced(by: 5) == .drawn)
    let error = #expect(throws: RequestError.self) { try Self.largest.advanced(by: 1) }
    let text = "\(try #require(error))"
    #expect(
      text
        == "seed is 18446744073709551615 with 1 more after it; expected at most 18446744073709551614 then.")
  }

  @Test func `PyTorch's generator takes the lower half`() throws {
    let model = try DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: .float32)
    func pixels(_ seed: Seed, _ rng: RandomNumbers = .torch) throws -> String {
      var request = GenerationRequest(prompt: "x")
      (request.seed, request.steps, request.rng) = (seed, 1, rng)
      return try model.generate(request) { _ in }.pixelsSHA256
    }
    #expect(try pixels(.number(.max)) == pixels(.number(0xFFFF_FFFF)))
    #expect(try pixels(.number(1 << 63 | 5)) == pixels(5))
    #expect(try pixels(.number(1 << 63 | 5), .nv) != pixels(5, .nv))
  }
}
