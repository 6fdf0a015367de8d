import Foundation
import NegativeSpaceMedia
import NegativeSpacePipelines
import NegativeSpaceSampling
import NegativeSpaceTensors
import Testing

/// One process that generates for long: what it holds at its end is what it held before.
///
/// `NEGSPACE_GENERATIONS=2000 swift test --filter SteadyMemoryTests`, alone: other tests share the process.
@Suite(.timeLimit(.minutes(60))) struct SteadyMemoryTests {
  private let count = ProcessInfo.processInfo.environment["NEGSPACE_GENERATIONS"].flatMap(Int.init)

  @Test func `Generations over mixed models, sizes and options leave nothing behind`() throws {
    var random = SplitMix64(seed: 1)
    var models = try [DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: .float32)]
    models.append(try DiffusionModel(folder: Fixtures.path("tiny-video"), dtype: .float32))
    models.append(try DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: .bfloat16))
    let output = Fixtures.temporary("steady.png")
    defer { try? FileManager.default.removeItem(atPath: output) }
    let count = count ?? 24
    var held: [Int] = []
    for number in 0..<count {
      // A model that is opened anew must not stay.
      if number % 10 == 9 { models[0] = try DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: .float32) }
      let model = models[random.below(models.count)]
      let request = Self.request(model, number, &random)
      let result = try model.generate(request) { frame in
        if frame.index == 0 { try frame.write(to: output) }
      }
      _ = try GenerationRecord(result, by: model).json()
      if number % 50 == 49 { model.unload() }
      held.append(try Self.resident())
    }
    guard count >= 1000 else { return }
    let last = held.suffix(500)
    let (first, second) = (Self.mean(last.prefix(100)), Self.mean(last.suffix(100)))
    print(
      "resident: \(held[99] >> 20) MB after 100, \(first >> 20) MB and \(second >> 20) MB at both ends of the last 500")
    #expect(abs(second - first) <= first / 50, "\(first >> 20) MB became \(second >> 20) MB")
  }

  private static func request(_ model: DiffusionModel, _ number: Int, _ random: inout SplitMix64) -> GenerationRequest {
    var request = GenerationRequest(prompt: String(repeating: "a red apple ", count: 1 + random.below(12)))
    request.negativePrompt = random.below(2) == 0 ? "" : "grey"
    (request.steps, request.seed) = (1 + random.below(4), .number(UInt64(number)))
    request.guidanceScale = [1, 5][random.below(2)]
    let samplers: [SamplerName] = [.ddim, .euler, .eulerAncestral, .dpmpp2M, .unipc]
    request.sampler = samplers[random.below(samplers.count)]
    (request.width, request.height) = (16 * (1 + random.below(3)), 16 * (1 + random.below(3)))
    if model.kind == .video { request.frames = 1 + random.below(4) }
    if random.below(3) == 0 { request.embeddings = [FileReference(path: Fixtures.path("embeddings/it.pt"))] }
    if random.below(4) == 0 { request.longPrompt = .chunks }
    if model.kind == .image, random.below(4) == 0 {
      (request.initialImage, request.strength) = (FileReference(path: Fixtures.path("start.png")), 1)
    }
    return request
  }

  private static func mean(_ values: ArraySlice<Int>) -> Int { values.reduce(0, +) / max(1, values.count) }

  /// Bytes of this process that are in memory.
  private static func resident() throws -> Int {
    let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
    return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * sysconf(Int32(_SC_PAGESIZE))
  }
}
