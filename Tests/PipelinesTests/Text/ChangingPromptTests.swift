import Foundation
import NegativeSpacePipelines
import NegativeSpaceSampling
import NegativeSpaceTensors
import Testing

/// Prompts that change between the steps of a run.
struct ChangingPromptTests {
  private static func model(_ name: String = "tiny-image") throws -> DiffusionModel {
    try DiffusionModel(folder: Fixtures.path(name), dtype: .float32)
  }

  private static func request(_ prompt: String, _ negative: String = "") -> GenerationRequest {
    var request = GenerationRequest(prompt: prompt)
    (request.negativePrompt, request.promptWeighting, request.steps) = (negative, .a1111, 4)
    return request
  }

  /// What both branches are told at each of four calls.
  private static func told(_ request: GenerationRequest, from first: Int = 0) throws -> [[Float]] {
    let model = try model()
    let run = try model.prepared(request)
    return run.sampler.timesteps.enumerated().map { index, timestep in
      let call = ModelCall(index: index, count: run.sampler.timesteps.count, timestep: timestep)
      let told = run.guided.conditioning(call)
      return told.positive.floats + told.negative.floats
    }
  }

  @Test func `Each step is told what stands in the prompts then`() throws {
    func plain(_ prompt: String, _ negative: String = "") throws -> [Float] {
      try Self.told(Self.request(prompt, negative))[0]
    }
    let (apple, pear) = (try plain("a red apple"), try plain("a red pear"))
    #expect(try Self.told(Self.request("a red [apple:pear:1]")) == [apple, pear, pear, pear])
    #expect(try Self.told(Self.request("a red [apple:pear:0.5]")) == [apple, apple, pear, pear])
    #expect(try Self.told(Self.request("a red [apple|pear]")) == [apple, pear, apple, pear])
    let both = try [
      plain("a red apple", "blurry"), plain("a red pear", "blurry"), plain("a red pear", "dark"),
      plain("a red pear", "dark"),
    ]
    #expect(try Self.told(Self.request("a red [apple:pear:1]", "[blurry:dark:2]")) == both)
    // Without weighting they are words.
    var words = Self.request("a red [apple:pear:1]")
    words.promptWeighting = .none
    #expect(try Set(Self.told(words)).count == 1)
  }

  @Test func `Parts of other lengths, the empty prompt outside of the negative's steps, and weights change along`()
    throws
  {
    let long = String(repeating: "a red apple, ", count: 30)
    var request = Self.request("[\(long):(pear:1.3):2]", "blurry")
    request.negativeInterval = [0, 0.5]
    let told = try Self.told(request)
    let weighted = try Self.told(Self.request("(pear:1.3)", ""))[3]
    #expect(told[0].count > told[2].count && told[0] == told[1] && told[2] == told[3])
    #expect(told[3] == weighted)
  }

  @Test(arguments: ["tiny-image", "tiny-video"])
  func `A run is that of its prompts, one after the other`(_ name: String) throws {
    let model = try Self.model(name)
    func latents(_ request: GenerationRequest) throws -> Latents {
      var generation = try model.start(request)
      while try generation.nextStep() != nil {}
      return generation.latents
    }
    let edited = try latents(Self.request("a red [apple:pear:2]"))
    #expect(try edited != latents(Self.request("a red apple")))
    #expect(try edited != latents(Self.request("a red pear")))
    #expect(try latents(Self.request("a red [apple:pear:0]")) == latents(Self.request("a red pear")))
    #expect(try latents(Self.request("a red [apple:pear:4]")) == latents(Self.request("a red apple")))
  }

  @Test func `What is read as words is said, with the reason`() throws {
    let model = try Self.model()
    func warnings(_ prompt: String, _ weighting: PromptWeighting) throws -> [String] {
      var request = Self.request(prompt)
      request.promptWeighting = weighting
      return try model.promptStates(request).warnings
    }
    #expect(try warnings("a [b:c:0.5]", .none).first?.contains("a1111 it changes the prompt between steps") == true)
    #expect(try warnings("a [b:c:0.5] [d|e]", .a1111).isEmpty)
    #expect(try warnings("a [b|c] x | y", .a1111).first?.contains("does not follow") == true)
    #expect(try warnings("a \\[b:c:0.5\\] x|y (a:1.2)", .a1111).isEmpty)
  }
}
