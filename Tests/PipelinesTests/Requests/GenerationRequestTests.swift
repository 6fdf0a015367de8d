import Foundation
import NegativeSpacePipelines
import NegativeSpaceSampling
import Testing

struct GenerationRequestTests {
  /// The field, its change, and the words that follow.
  static let refusals: [(String, @Sendable (inout GenerationRequest) -> Void, String)] = [
    ("steps", { $0.steps = 0 }, "steps is 0; expected a whole number from 1 to 1000."),
    ("frames", { $0.frames = 0 }, "frames is 0; expected a whole number from 1 to 4096."),
    ("width", { $0.width = -8 }, "width is -8; expected a whole number from 1 to 8192."),
    ("scale", { $0.scale = 17 }, "scale is 17; expected a whole number from 1 to 16."),
    ("guidance", { $0.guidanceScale = .nan }, "guidance_scale is nan; expected a number from -100.0 to 100.0."),
    ("rescale", { $0.guidanceRescale = 1.5 }, "guidance_rescale is 1.5; expected a number from 0.0 to 1.0."),
    (
      "interval of features", { $0.featureInterval = 0 },
      "feature_interval is 0; expected a whole number from 1 to 100."
    ),
    ("eta", { $0.eta = -0.1 }, "eta is -0.1; expected a number from 0.0 to 1.0."),
    ("clip skip", { $0.clipSkip = 0 }, "clip_skip is 0; expected a whole number from 1 to 64."),
    ("fps", { $0.fps = "fast" }, "fps is fast; expected a rate such as 8, 29.97 or 30000/1001, up to 1000."),
    (
      "interval", { $0.guidanceInterval = [0.8, 0.2] },
      "guidance_interval is 0.8,0.2; expected two numbers from 0 to 1, the smaller first, such as 0.2,0.8."
    ),
    (
      "interval of one", { $0.guidanceInterval = [0.8] },
      "guidance_interval is 0.8; expected two numbers from 0 to 1, the smaller first, such as 0.2,0.8."
    ),
    (
      "interval of text encoders",
      { ($0.textEncoders, $0.textEncoderInterval) = ([FileReference(path: "t")], [0.4, 1.2]) },
      "text_encoder_interval is 0.4,1.2; expected two numbers from 0 to 1, the smaller first, such as 0.2,0.8."
    ),
    (
      "interval without text encoders", { $0.textEncoderInterval = [0.4, 1] },
      "text_encoder_interval is 0.4,1.0; expected a text encoder beside it; name one with `text_encoders`."
    ),
    (
      "weight of a text encoder", { $0.textEncoders = [FileReference(path: "t", weight: .infinity)] },
      "text_encoders is weighted inf; expected a finite weight."
    ),
  ]

  @Test(arguments: refusals.indices)
  func `A value out of range is refused with what was expected`(_ index: Int) throws {
    let (_, change, words) = Self.refusals[index]
    var request = GenerationRequest(prompt: "a red apple")
    change(&request)
    let error = #expect(throws: RequestError.self) { try request.validate() }
    #expect(error?.description == words)
  }

  private func decoded(_ json: String) throws -> GenerationRequest {
    try JSONDecoder().decode(GenerationRequest.self, from: Data(json.utf8))
  }

  @Test func `An unknown sampler or schedule is refused with the known ones`() throws {
    let sampler = #expect(throws: SamplingError.self) { try decoded(#"{"sampler": "magic"}"#) }
    #expect(sampler == .unknownSampler(name: "magic", known: SamplerName.allCases.map(\.rawValue)))
    let schedule = #expect(throws: SamplingError.self) { try decoded(#"{"schedule": "steep"}"#) }
    #expect(schedule?.description == "`schedule` is steep; expected one of discrete, karras, exponential.")
  }

  @Test func `A sampler may be named by its class, and is written by its short name`() throws {
    let request = try decoded(#"{"sampler": "DPMSolverMultistepScheduler", "schedule": "karras"}"#)
    #expect(request.sampler == .dpmpp2M && request.schedule == .karras)
    let written = String(decoding: try JSONEncoder().encode(request), as: UTF8.self)
    #expect(written.contains(#""sampler":"dpmpp_2m""#) && written.contains(#""schedule":"karras""#))
  }

  @Test func `Fields of a model and of a ControlNet are named as in JSON`() {
    let names = ModelOptions.CodingKeys.allCases.map(\.rawValue) + ControlCondition.CodingKeys.allCases.map(\.rawValue)
    for name in names { #expect(RequestField.spell("`\(name)`") { "<\($0.name)>" } == "<\(name)>") }
  }

  @Test func `An empty request is a valid one`() throws {
    try GenerationRequest().validate()
    #expect(try JSONDecoder().decode(GenerationRequest.self, from: Data("{}".utf8)) == GenerationRequest())
  }

  @Test func `A request survives JSON`() throws {
    var request = GenerationRequest(prompt: "a \"red\" 🍎\nbackground")
    request.negativePrompt = "blurred"
    request.negativeEmbeddings = [FileReference(path: "a.safetensors", weight: 0.5)]
    request.embeddings = [FileReference(path: "b.safetensors", token: "<b>")]
    (request.promptWeighting, request.longPrompt) = (.a1111, .chunks)
    (request.steps, request.guidanceScale, request.guidanceRescale) = (10, 7.3, 0.7)
    (request.guidanceInterval, request.sampler, request.schedule) = ([0.1, 0.9], .eulerAncestral, .karras)
    request.schedulerConfiguration = FileReference(path: "s.json")
    (request.eta, request.seed, request.rng, request.clipSkip) = (0.25, .number(1 << 40), .nv, 2)
    request.initialLatents = FileReference(path: "l.safetensors", key: "x")
    request.noise = FileReference(path: "n.safetensors")
    (request.initialImage, request.mask) = (FileReference(path: "i.png"), FileReference(path: "m.png"))
    (request.initialVideo, request.vae) = (FileReference(path: "v.mp4"), FileReference(path: "vae"))
    (request.strength, request.featureInterval) = (0.3, 3)
    var control = ControlCondition(net: FileReference(path: "net"), image: FileReference(path: "edges.png"))
    (control.strength, control.canny, control.guidanceStart, control.guidanceEnd) = (0.4, true, 0.1, 0.6)
    request.controls = [control]
    (request.width, request.height, request.frames, request.fps, request.scale) = (64, 32, 5, "30000/1001", 3)
    (request.dtype, request.int8, request.fpsCondition) = (.bfloat16, true, 24)
    (request.vaeTiling, request.loras) = (.on, [FileReference(path: "r.safetensors", weight: 0.8)])
    request.negativeWriter = "writer 0123456789abcdef"
    request.textEncoders = [FileReference(path: "t", weight: 0.4)]
    request.textEncoderInterval = [0.4, 1]
    (request.guidanceRule, request.guidanceOptions) = (.apg, ["eta": "0"])
    (request.attentionNegative, request.attentionOptions) = (.nag, ["nag_tau": "2"])
    (request.negativeModel, request.negativeInterval) = (FileReference(path: "other"), [0.2, 0.8])
    request.interpolatesNegative = true
    let written = try JSONEncoder().encode(request)
    let fields = try #require(JSONSerialization.jsonObject(with: written) as? [String: Any])
    #expect(fields.count == Mirror(reflecting: request).children.count, "Every field is written")
    #expect(try JSONDecoder().decode(GenerationRequest.self, from: written) == request)
  }

  @Test func `A value of another type is refused by its key`() {
    let error = #expect(throws: DecodingError.self) { try decoded(#"{"prompt": "x", "steps": "many", "hue": 1}"#) }
    guard case .typeMismatch(_, let context)? = error else { Issue.record("\(String(describing: error))"); return }
    #expect(context.codingPath.map(\.stringValue) == ["steps"])
  }

  @Test func `A key or a weight may follow a file's name after a colon`() throws {
    #expect(FileReference(keyed: "a.safetensors:latents") == FileReference(path: "a.safetensors", key: "latents"))
    #expect(FileReference(keyed: "a.safetensors") == FileReference(path: "a.safetensors"))
    #expect(FileReference(weighted: "a.safetensors:0.5") == FileReference(path: "a.safetensors", weight: 0.5))
    #expect(FileReference(weighted: "C:a.safetensors") == FileReference(path: "C:a.safetensors"))
    #expect(FileReference(tokened: "a.safetensors=<a>") == FileReference(path: "a.safetensors", token: "<a>"))
    #expect(FileReference(tokened: "a.safetensors") == FileReference(path: "a.safetensors"))
    let odd = Fixtures.temporary("odd:0.5")
    try Data().write(to: URL(fileURLWithPath: odd))
    #expect(FileReference(weighted: odd) == FileReference(path: odd))
  }
}
