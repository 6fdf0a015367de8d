import ArgumentParser
import NegativeSpacePipelines

/// Previews while it works, under the names of stable-diffusion.cpp.
struct PreviewOptions: ParsableArguments {
  enum Method: String, ExpressibleByArgument, CaseIterable { case none, tae, vae }

  @Option(help: "Write a picture of what the steps have come to: none, tae (with --taesd), vae (slow).")
  var preview = Method.none

  @Option(help: ArgumentHelp("Steps from one preview to the next."))
  var previewInterval = 1

  @Option(
    help: ArgumentHelp("The preview's file, written anew each time.", valueName: "path"),
    completion: .file())
  var previewPath = "preview.png"

  @Option(
    name: [.customLong("taesd"), .customLong("tae")],
    help: ArgumentHelp("A small autoencoder, for the result and for --preview tae.", valueName: "path"),
    completion: .file())
  var taesd: String?

  @Flag(help: ArgumentHelp("Use --taesd for previews alone."))
  var taesdPreviewOnly = false

  func validate() throws {
    guard previewInterval > 0 else {
      throw ValidationError("--preview-interval is \(previewInterval); expected a number above 0.")
    }
    if preview == .tae, taesd == nil {
      throw ValidationError("--preview tae needs the small autoencoder too; name it with --taesd PATH.")
    }
  }

  /// The autoencoder of the result, given the one that `--vae` names.
  func autoencoder(_ vae: String?) throws -> FileReference? {
    guard let taesd, !taesdPreviewOnly else { return vae.map { FileReference(path: $0) } }
    if let vae {
      throw ValidationError(
        "--vae is \(vae) and --taesd is \(taesd); only one can make the result. Add --taesd-preview-only to take --vae."
      )
    }
    return FileReference(path: taesd)
  }

  /// Refuses a name that cannot be written.
  func check() throws {
    if preview != .none { try GenerationOutput.check(previewPath, .image) }
  }

  /// Decoder of the previews; nil if there are to be none.
  func decoder(_ model: DiffusionModel, for request: GenerationRequest) throws -> PreviewDecoder? {
    switch preview {
    case .none: nil
    case .tae: try PreviewDecoder(model, for: request, taesd: taesd)
    case .vae: try PreviewDecoder(model, for: request)
    }
  }
}
