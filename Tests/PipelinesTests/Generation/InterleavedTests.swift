import NegativeSpacePipelines
import Testing

/// Several generations on one model at a time: each keeps the parts that it began with.
struct InterleavedTests {
  private let model: DiffusionModel
  private let requests: [GenerationRequest]

  init() throws {
    model = try DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: .float32)
    var plain = GenerationRequest(prompt: "a red apple")
    (plain.steps, plain.scale) = (3, 1)
    var other = plain
    other.vae = FileReference(path: Fixtures.path("tiny-taesd"))
    other.loras = [FileReference(path: Fixtures.path("loras/kohya.safetensors"), weight: 0.75)]
    requests = [plain, other]
  }

  /// Pixels of each request on a model of its own.
  private func alone() throws -> [[UInt8]] {
    try requests.map { request in
      var pixels: [UInt8] = []
      try DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: .float32).generate(request) { pixels = $0.pixels }
      return pixels
    }
  }

  @Test(arguments: [false, true])
  func `Steps and frames of two generations, taken in turns, are those of each alone`(isReversed: Bool) throws {
    let order = isReversed ? [1, 0] : [0, 1]
    var generations = try order.map { try model.start(requests[$0]) }
    var isSampling = true
    while isSampling {
      isSampling = false
      for index in generations.indices where try generations[index].nextStep() != nil { isSampling = true }
    }
    let expected = try alone()
    #expect(expected[0] != expected[1])
    for (index, which) in order.enumerated() {
      #expect(try generations[index].nextFrame()?.pixels == expected[which], "request \(which)")
    }
  }

  @Test func `Tasks that share a model get what each gets alone`() async throws {
    let expected = try alone()
    let (model, requests) = (model, requests)
    try await withThrowingTaskGroup(of: (Int, [UInt8]).self) { group in
      for round in 0..<4 {
        group.addTask {
          let which = round % 2
          var pixels: [UInt8] = []
          try model.generate(requests[which]) { pixels = $0.pixels }
          return (which, pixels)
        }
      }
      for try await (which, pixels) in group { #expect(pixels == expected[which], "request \(which)") }
    }
  }

  @Test func `Asking what a request would do changes nothing that is in use`() throws {
    var generation = try model.start(requests[0])
    _ = try model.resolve(requests[1])
    while try generation.nextStep() != nil {}
    _ = try model.resolve(requests[1])
    #expect(try generation.nextFrame()?.pixels == alone()[0])
  }
}
