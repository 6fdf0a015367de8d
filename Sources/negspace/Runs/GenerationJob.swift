import Foundation
import NegativeSpacePipelines

/// One file in the making.
struct GenerationJob {
  let model: DiffusionModel
  /// How the model is called in the file.
  let modelName: String
  let request: GenerationRequest
  let output: String
  let latents: String?
  let framesFolder: String?
  let preview: PreviewOptions
  /// Whether no other comes after it.
  let isLast: Bool
  /// Makes the previews, if there are to be any.
  let previewDecoder: PreviewDecoder?

  func run(_ reporting: ReportingOptions, _ interruption: Interruption) throws -> GenerationRun.Outcome {
    let progress = reporting.progress
    var isSampled = false
    if let framesFolder {
      try FileManager.default.createDirectory(atPath: framesFolder, withIntermediateDirectories: true)
    }
    do {
      let made = try model.write(
        request, named: modelName, to: output, isLast: isLast, isCancelled: { interruption.isRaised }
      ) { event in
        try handle(event, reporting, progress)
        if case .latents = event { isSampled = true }
      } frame: { frame in
        if let framesFolder {
          try frame.write(to: "\(framesFolder)/\(String(format: "frame_%04d.png", frame.index + 1))")
        }
      }
      progress.end()
      let seconds = made.result.seconds
      reporting.detail(
        String(
          format: "Text %.2f s, sampling %.2f s, decoding %.2f s.", seconds.text, seconds.sampling, seconds.decoding))
      return .init(path: output, latents: latents, seconds: seconds, settings: made.record)
    } catch {
      progress.end()
      if case GenerationError.cancelled(_, let reached?) = error, !isSampled { try keep(reached, note: "interrupted") }
      throw error
    }
  }

  private func handle(_ event: GenerationEvent, _ reporting: ReportingOptions, _ progress: Progress) throws {
    switch event {
    case .warning(let text): Console.message("Warning: \(text)")
    case .note(let text): reporting.note(text)
    case .step(let step):
      progress.update("step", step.index + 1, of: step.count)
      if let previewDecoder, (step.index + 1) % preview.previewInterval == 0 {
        try previewDecoder.frame(of: step.denoised).write(to: preview.previewPath)
      }
    case .latents(let latents):
      progress.end()
      progress.begin()
      try keep(latents, note: "final")
    case .frame(let index, let count):
      if count > 1 { progress.update("frame", index + 1, of: count) }
    }
  }

  /// Writes the latents if they were asked for.
  private func keep(_ reached: Latents, note: String) throws {
    guard let latents else { return }
    try reached.write(to: latents, metadata: ["state": note, "seed": "\(request.seed)"])
  }
}
