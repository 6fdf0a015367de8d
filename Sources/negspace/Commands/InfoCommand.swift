import ArgumentParser
import Foundation
import NegativeSpaceMedia
import NegativeSpacePipelines

/// `negspace info`: a file's record of how it was made.
struct InfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Show the settings stored in a picture or video that this program, A1111 or ComfyUI wrote.",
    discussion: """
      Examples:
        negspace info output.mp4
        negspace info output.png --json
      """)

  @Argument(help: ArgumentHelp("The file.", valueName: "file"), completion: .file())
  var file: String

  @Flag(help: "Print the settings as JSON.")
  var json = false

  func run() throws {
    let texts = try ContainerMetadata.read(file)
    guard let stored = texts.negspace else {
      try show(foreign: texts)
      return
    }
    let record = try GenerationRecord(json: stored, path: file)
    if json {
      try Console.result(json: record)
    } else {
      try Console.result(texts.parameters ?? record.parameters)
      try Console.result("")
      for (name, value) in record.details { try Console.result("\(name): \(value)") }
    }
  }

  /// What another program wrote, and what this one makes of it.
  private func show(foreign texts: ContainerMetadata) throws {
    guard let settings = ForeignSettings(texts) else {
      guard let text = texts.parameters else { throw RecordError.absent(path: file) }
      if json { try Console.result(json: ["parameters": text]) } else { try Console.result(text) }
      return
    }
    let (request, missing) = settings.request()
    if json {
      try Console.result(
        json: ForeignOutcome(
          program: settings.program, prompt: settings.prompt, negativePrompt: settings.negativePrompt,
          fields: Dictionary(settings.fields.map { ($0.name, $0.value) }) { first, _ in first },
          missing: missing, parameters: texts.parameters))
      return
    }
    try Console.result("Made by: \(settings.program.rawValue)")
    try Console.result("Prompt: \(settings.prompt)")
    if !settings.negativePrompt.isEmpty { try Console.result("Negative prompt: \(settings.negativePrompt)") }
    for field in settings.fields { try Console.result("\(field.name): \(field.value)") }
    try Console.result("")
    for line in missing { try Console.result("Not followed: \(line)") }
    try Console.result("The same here: " + request.imageCommand)
  }

  private struct ForeignOutcome: Encodable {
    let program: ForeignSettings.Program
    let prompt: String
    let negativePrompt: String
    let fields: [String: String]
    let missing: [String]
    let parameters: String?

    private enum CodingKeys: String, CodingKey {
      case program, prompt
      case negativePrompt = "negative_prompt"
      case fields, missing, parameters
    }
  }
}

extension GenerationRecord {
  /// Details that A1111's text has no place for.
  fileprivate var details: [(String, String)] {
    let request = request
    let size = "\(output.width)×\(output.height)" + (output.frames == 1 ? "" : ", \(output.frames) frames")
    var lines = [
      ("Model", "\(model.path) (\(model.kind.rawValue), \(model.hash.prefix(16)))"),
      ("Written", size + (model.kind == .video ? " at \(request.fps ?? "8") a second" : "")),
      ("Random numbers", request.rng.rawValue),
      ("Computed", "\(request.dtype?.rawValue ?? "?") by \(compute.backend), \(compute.threads) threads"),
      ("Pixels", "SHA-256 \(output.pixelsSHA256)"),
    ]
    for embedding in request.negativeEmbeddings { lines.append(("Negative embedding", embedding.path)) }
    for embedding in request.embeddings {
      lines.append(("Embedding", embedding.path + (embedding.token.map { " as \"\($0)\"" } ?? "")))
    }
    if let latents = request.initialLatents { lines.append(("Initial latents", latents.path)) }
    let starts = [("Initial picture", request.initialImage), ("Initial video", request.initialVideo)]
    for (name, file) in starts + [("Mask", request.mask), ("Autoencoder", request.vae)] {
      if let file { lines.append((name, file.path)) }
    }
    if let adapter = model.options?.motionAdapter { lines.append(("Motion adapter", adapter)) }
    for lora in request.loras {
      lines.append(("LoRA", lora.path + (lora.weight.map { String(format: ", weight %g", $0) } ?? "")))
    }
    for lora in request.negativeLoras {
      lines.append(("Negative LoRA", lora.path + (lora.weight.map { String(format: ", weight %g", $0) } ?? "")))
    }
    for encoder in request.textEncoders {
      lines.append(("Text encoder", encoder.path + (encoder.weight.map { String(format: ", weight %g", $0) } ?? "")))
    }
    for control in request.controls {
      let edges = control.canny ? ", its edges" : ""
      lines.append(("ControlNet", "\(control.net.path) shown \(control.image.path)\(edges)"))
    }
    if let noise = request.noise { lines.append(("Noise", noise.path)) }
    return lines
  }
}
