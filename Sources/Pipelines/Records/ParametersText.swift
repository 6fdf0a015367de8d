import Foundation
import NegativeSpaceConfiguration
import NegativeSpaceSampling

extension GenerationRecord {
  /// The settings as the A1111 web UI writes them under `parameters`, which many programs read.
  public var parameters: String {
    var lines = [request.prompt]
    if !request.negativePrompt.isEmpty { lines.append("Negative prompt: \(request.negativePrompt)") }
    var fields: [(String, String)] = [
      ("Steps", "\(request.steps ?? 0)"), ("Sampler", samplerLabel),
      ("CFG scale", Self.text(request.guidanceScale ?? 0)),
      ("Seed", "\(request.seed)"), ("Size", "\(request.width ?? 0)x\(request.height ?? 0)"),
      ("Model hash", String(model.hash.prefix(10))), ("Model", model.name),
    ]
    func add(_ name: String, _ value: String?) {
      if let value { fields.append((name, value)) }
    }
    add("Schedule type", request.schedule?.rawValue.capitalized)
    add("CFG rescale", request.guidanceRescale > 0 ? Self.text(request.guidanceRescale) : nil)
    add("Guidance rule", request.guidanceRule == .cfg ? nil : request.guidanceRule.rawValue)
    for (name, value) in request.guidanceOptions.sorted(by: { $0.key < $1.key }) { add(name, value) }
    add("Attention negative", request.attentionNegative?.rawValue)
    for (name, value) in request.attentionOptions.sorted(by: { $0.key < $1.key }) { add(name, value) }
    add(
      "Negative model",
      request.negativeModel.map { "\(URL(fileURLWithPath: $0.path).lastPathComponent): \($0.shortHash)" })
    if request.negativeInterval != [0, 1] {
      add("Negative steps", request.negativeInterval.map { Self.text($0) }.joined(separator: "-"))
    }
    add("Denoising strength", request.strength.map { Self.text($0) })
    add("Eta", request.eta.flatMap { $0 > 0 ? Self.text($0) : nil })
    add("Clip skip", request.clipSkip > 1 ? "\(request.clipSkip)" : nil)
    add("RNG", request.rng == .torch ? "CPU" : request.rng.rawValue.uppercased())
    add("DeepCache", request.featureInterval > 1 ? "\(request.featureInterval)" : nil)
    add("Linear layers", request.int8 ? "int8" : nil)
    add("Upscale", (request.scale ?? 1) > 1 ? "\(request.scale ?? 1)" : nil)
    add("Frames", model.kind == .video ? "\(output.frames)" : nil)
    add("FPS", model.kind == .video ? request.fps : nil)
    add("Motion adapter", model.options?.motionAdapter.map { URL(fileURLWithPath: $0).lastPathComponent })
    add("FPS condition", request.fpsCondition.map { Self.text($0) })
    add("VAE", request.vae.map { URL(fileURLWithPath: $0.path).lastPathComponent })
    for lora in request.loras {
      let name = URL(fileURLWithPath: lora.path).lastPathComponent
      add("LoRA", "\(name): \((lora.sha256 ?? "").prefix(10)), Weight: \(Self.text(lora.weight ?? 1))")
    }
    for lora in request.negativeLoras {
      let name = URL(fileURLWithPath: lora.path).lastPathComponent
      add("Negative LoRA", "\(name): \(lora.shortHash), Weight: \(Self.text(lora.weight ?? 1))")
    }
    for encoder in request.textEncoders {
      let name = URL(fileURLWithPath: encoder.path).lastPathComponent
      add("Text encoder", "\(name): \(encoder.shortHash), Weight: \(Self.text(encoder.weight ?? 1))")
    }
    if request.textEncoderInterval != [0, 1] {
      add("Text encoder steps", request.textEncoderInterval.map { Self.text($0) }.joined(separator: "-"))
    }
    for (index, control) in request.controls.enumerated() {
      let name = URL(fileURLWithPath: control.net.path).lastPathComponent
      let steps = "Guidance Start: \(Self.text(control.guidanceStart)), Guidance End: \(Self.text(control.guidanceEnd))"
      add(
        "ControlNet \(index)",
        "Module: \(control.canny ? "canny" : "none"), Model: \(name) [\((control.net.sha256 ?? "").prefix(8))], "
          + "Weight: \(Self.text(control.strength)), \(steps)")
    }
    add("Negative writer", request.negativeWriter)
    for embedding in request.negativeEmbeddings {
      let name = URL(fileURLWithPath: embedding.path).lastPathComponent
      add("Negative embedding", "\(name): \((embedding.sha256 ?? "").prefix(10))")
    }
    for embedding in request.embeddings {
      let name = URL(fileURLWithPath: embedding.path).lastPathComponent
      add("Embedding", "\(embedding.token.map { "\($0)=" } ?? "")\(name): \((embedding.sha256 ?? "").prefix(10))")
    }
    add("Prompt weighting", request.promptWeighting == .none ? nil : request.promptWeighting.rawValue)
    add("Version", "negspace \(version)")
    lines.append(fields.map { "\($0.0): \(Self.quoted($0.1))" }.joined(separator: ", "))
    return lines.joined(separator: "\n")
  }

  /// A value as A1111 writes it (`infotext_utils.quote`): a JSON string where it holds what separates fields.
  private static func quoted(_ value: String) -> String {
    value.contains { ",:\n".contains($0) } ? JSONValue.string(value).text() : value
  }

  /// The sampler as A1111 names it.
  private var samplerLabel: String {
    switch request.sampler {
    case .ddim: "DDIM"
    case .dpmpp2M: "DPM++ 2M"
    case .euler: "Euler"
    case .eulerAncestral: "Euler a"
    case .unipc: "UniPC"
    case .pndm: "PLMS"
    case .lcm: "LCM"
    case .ddpm: "DDPM"
    case nil: ""
    }
  }

  /// `7.5`, and `9` rather than `9.0`.
  private static func text(_ number: Double) -> String { String(format: "%g", number) }
}
