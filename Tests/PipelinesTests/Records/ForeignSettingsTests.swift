import NegativeSpaceMedia
import NegativeSpacePipelines
import NegativeSpaceSampling
import Testing

struct ForeignSettingsTests {
  private func read(_ texts: [String: String]) throws -> ForeignSettings {
    try #require(ForeignSettings(ContainerMetadata(texts: texts)))
  }

  private static let infotext = """
    a (red:1.2) fox, "quoted"
    Steps: to heaven
    Negative prompt: blurry,
    ugly: yes
    Steps: 20, Sampler: DPM++ 2M Karras, CFG scale: 6.5, Seed: 12345678901234567890, Size: 640x512, \
    Model hash: abcdef1234, Model: foo, Clip skip: 2, Template: "x, \\"y\\": z", Hires upscale: 2, Version: v1.6.0
    """

  @Test func `A1111's text is read line by line and field by field`() throws {
    let settings = try read(["parameters": Self.infotext])
    #expect(settings.program == .a1111)
    #expect(settings.prompt == "a (red:1.2) fox, \"quoted\"\nSteps: to heaven")
    #expect(settings.negativePrompt == "blurry,\nugly: yes")
    #expect(settings["Model"] == "foo" && settings["Template"] == "x, \"y\": z")

    let (request, missing) = settings.request()
    #expect(request.steps == 20 && request.sampler == .dpmpp2M && request.schedule == .karras)
    #expect(request.guidanceScale == 6.5 && request.seed == .number(12_345_678_901_234_567_890))
    #expect(request.width == 640 && request.height == 512 && request.clipSkip == 2)
    #expect(request.promptWeighting == .a1111 && request.rng == .nv)
    #expect(missing == ["the model foo, which --model stands for", "Hires upscale: 2"])
  }

  @Test(arguments: ["\r\n", "\r", "\n"]) func `Lines end in any way`(_ end: String) throws {
    let settings = try read(["parameters": Self.infotext.replacing("\n", with: end)])
    #expect(settings.negativePrompt == "blurry,\nugly: yes" && settings["Steps"] == "20")
  }

  @Test(arguments: [
    ("Euler a", SamplerName.eulerAncestral), ("DPM++ 2M", .dpmpp2M), ("PLMS", .pndm), ("UniPC", .unipc),
    ("DDIM", .ddim),
    ("LCM", .lcm),
  ])
  func `Samplers go by A1111's names`(_ name: String, _ sampler: SamplerName) throws {
    let (request, missing) = try read([
      "parameters": "x\nSteps: 5, Sampler: \(name), Schedule type: Exponential, CFG scale: 7, Seed: 1, RNG: CPU"
    ]).request()
    #expect(request.sampler == sampler && request.schedule == .exponential && request.rng == .torch)
    #expect(missing.isEmpty)
  }

  @Test func `What cannot be followed is named`() throws {
    let (request, missing) = try read([
      "parameters": "x\nSteps: 5, Sampler: DPM++ SDE, CFG scale: seven, Seed: 1, Denoising strength: 0.5, VAE: good.pt"
    ]).request()
    #expect(request.sampler == nil && request.guidanceScale == nil)
    #expect(missing.count == 4)
    for part in ["DPM++ SDE", "seven", "Denoising strength: 0.5", "good.pt"] {
      #expect(missing.contains { $0.contains(part) })
    }
  }

  @Test(arguments: ["", "just a prompt", "Steps: to heaven", "a\nNegative prompt: b", "Steps: 1, Seed: 2", ","])
  func `A text that has no settings is none`(_ text: String) {
    #expect(ForeignSettings(ContainerMetadata(texts: ["parameters": text])) == nil)
  }

  @Test func `What this program writes is read as the same request`() throws {
    let own = """
      a fox
      Negative prompt: blurred
      Steps: 2, Sampler: Euler, CFG scale: 9, Seed: 3, Size: 32x32, Schedule type: Karras, RNG: CPU, Version: x
      """
    let (request, missing) = try read(["parameters": own]).request()
    #expect(missing.isEmpty && request.rng == .torch && request.sampler == .euler && request.schedule == .karras)
  }
}

/// Graphs as ComfyUI stores them.
struct ComfyGraphTests {
  private static let simple: [String: String] = [
    "3": #"""
    {"class_type": "KSampler", "inputs": {"seed": 77, "steps": 20, "cfg": 8.0, "sampler_name": "euler_ancestral",
    "scheduler": "karras", "denoise": 1.0, "model": ["4", 0], "positive": ["6", 0], "negative": ["7", 0],
    "latent_image": ["5", 0]}}
    """#,
    "4": #"{"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "v1-5.ckpt"}}"#,
    "5": #"{"class_type": "EmptyLatentImage", "inputs": {"width": 64, "height": 96, "batch_size": 1}}"#,
    "6": #"{"class_type": "CLIPTextEncode", "inputs": {"text": "a red fox", "clip": ["10", 0]}}"#,
    "7": #"{"class_type": "CLIPTextEncode", "inputs": {"text": "blurry", "clip": ["10", 0]}}"#,
    "8": #"{"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}}"#,
    "9": #"{"class_type": "SaveImage", "inputs": {"filename_prefix": "x", "images": ["8", 0]}}"#,
    "10": #"{"class_type": "CLIPSetLastLayer", "inputs": {"stop_at_clip_layer": -2, "clip": ["4", 1]}}"#,
  ]

  private func drawn(_ changes: [String: String] = [:]) -> ForeignSettings? {
    let nodes = Self.simple.merging(changes) { $1 }
    let text = "{" + nodes.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ") + "}"
    return ForeignSettings(ContainerMetadata(texts: ["prompt": text, "workflow": "{}"]))
  }

  @Test func `The sampler behind the picture says how it was made`() throws {
    let settings = try #require(drawn())
    #expect(settings.program == .comfyUI && settings.prompt == "a red fox" && settings.negativePrompt == "blurry")
    let (request, missing) = settings.request()
    #expect(request.steps == 20 && request.guidanceScale == 8 && request.seed == 77 && request.clipSkip == 2)
    #expect(request.sampler == .eulerAncestral && request.schedule == .karras && request.rng == .torch)
    #expect(request.width == 64 && request.height == 96)
    #expect(missing == ["the model v1-5.ckpt, which --model stands for"])
  }

  @Test func `Values come through links, LoRAs and helpers of the sampler`() throws {
    let settings = try #require(
      drawn([
        "3": #"""
        {"class_type": "SamplerCustomAdvanced", "inputs": {"noise": ["20", 0], "guider": ["21", 0], "sampler": ["22", 0],
        "sigmas": ["23", 0], "latent_image": ["5", 0]}}
        """#,
        "20": #"{"class_type": "RandomNoise", "inputs": {"noise_seed": ["24", 0]}}"#,
        "21": #"""
        {"class_type": "CFGGuider", "inputs": {"cfg": 5, "model": ["25", 0], "positive": ["6", 0], "negative": ["7", 0]}}
        """#,
        "22": #"{"class_type": "KSamplerSelect", "inputs": {"sampler_name": "dpmpp_2m"}}"#,
        "23": #"{"class_type": "BasicScheduler", "inputs": {"scheduler": "normal", "steps": 12, "denoise": 1}}"#,
        "24": #"{"class_type": "PrimitiveInt", "inputs": {"value": 31}}"#,
        "25": #"""
        {"class_type": "LoraLoader", "inputs": {"lora_name": "l.safetensors", "strength_model": 0.8, "model": ["4", 0]}}
        """#,
        "6": #"{"class_type": "CLIPTextEncode", "inputs": {"text": ["26", 0], "clip": ["4", 1]}}"#,
        "26": #"""
        {"class_type": "StringConcatenate", "inputs": {"string_a": "a blue", "string_b": ["27", 0], "delimiter": " "}}
        """#,
        "27": #"{"class_type": "Text", "inputs": {"text": "whale"}}"#,
      ]))
    let (request, missing) = settings.request()
    #expect(settings.prompt == "a blue whale")
    #expect(request.seed == 31 && request.steps == 12 && request.guidanceScale == 5 && request.sampler == .dpmpp2M)
    #expect(missing.contains("the LoRA l.safetensors, weight 0.8"))
  }

  @Test func `Of two passes the first is made, and what else is there is named`() throws {
    let settings = try #require(
      drawn([
        "8": #"{"class_type": "VAEDecode", "inputs": {"samples": ["31", 0], "vae": ["4", 2]}}"#,
        "30": #"{"class_type": "LatentUpscale", "inputs": {"samples": ["3", 0], "width": 128, "height": 128}}"#,
        "31": #"""
        {"class_type": "KSampler", "inputs": {"seed": 78, "steps": 14, "cfg": 8, "sampler_name": "euler", "scheduler":
        "normal", "denoise": 0.5, "model": ["4", 0], "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["30", 0]}}
        """#,
        "7": #"{"class_type": "ConditioningZeroOut", "inputs": {"conditioning": ["6", 0]}}"#,
      ]))
    #expect(settings["Seed"] == "77" && settings.negativePrompt.isEmpty)
    #expect(settings.remarks.contains { $0.contains("KSampler (31)") })
    #expect(settings.remarks.contains { $0.contains("ConditioningZeroOut") })
  }

  @Test func `Seeds have 64 bits, and parts of a run are named`() throws {
    let settings = try #require(
      drawn([
        "3": #"""
        {"class_type": "KSamplerAdvanced", "inputs": {"noise_seed": 18446744073709551615, "steps": 20, "cfg": 8.0,
        "sampler_name": "euler", "scheduler": "normal", "start_at_step": 0, "end_at_step": 7, "add_noise": "disable",
        "return_with_leftover_noise": "enable", "model": ["4", 0], "positive": ["6", 0], "negative": ["7", 0],
        "latent_image": ["5", 0]}}
        """#,
        "5": #"{"class_type": "EmptyLatentImage", "inputs": {"width": 64, "height": 96, "batch_size": 4}}"#,
      ]))
    #expect(settings.request().request.seed == .number(.max))
    for part in ["step 7", "without noise", "left over", "batch of 4"] {
      #expect(settings.remarks.contains { $0.contains(part) }, "\(settings.remarks)")
    }
  }

  @Test func `Links in a circle come to an end`() throws {
    let circle =
      #"{"class_type": "Loop", "inputs": {"value": ["40", 0], "text": ["40", 0], "string": ["40", 0], "int": ["40", 0]}}"#
    let settings = try #require(
      drawn([
        "6": #"{"class_type": "CLIPTextEncode", "inputs": {"text": ["40", 0], "clip": ["4", 1]}}"#, "40": circle,
      ]))
    #expect(settings.prompt.isEmpty && settings.remarks.contains { $0.contains("no text") })
  }

  @Test(arguments: [
    "not json", "{}", "[]", #"{"1": {"class_type": "SaveImage"}}"#, #"{"1": {"class_type": "KSampler", "inputs": {}}}"#,
  ])
  func `What is no graph with a sampler is none`(_ text: String) {
    #expect(ForeignSettings(ContainerMetadata(texts: ["prompt": text])) == nil)
  }
}
