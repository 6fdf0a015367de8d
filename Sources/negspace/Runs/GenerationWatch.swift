import Foundation
import NegativeSpacePipelines

/// The things that happen beside a generation's file: progress, previews, latents, and frames as pictures of their own.
final class GenerationWatch {
  private let reporting: ReportingOptions
  private let said: SaidTexts
  private let progress: Progress
  private let preview: PreviewOptions
  private let previewDecoder: PreviewDecoder?
  /// The file of the latents, and the seed that it names; nil where nobody asked for one.
  private let latents: (path: String, seed: Seed)?
  private let framesFolder: String?
  private var isSampled = false
  private var isPreviewed = true
  /// Why a frame could not be written as a picture of its own.
  private var frameFailure: (any Error)?

  /// - Parameters:
  ///   - said: what the run's earlier files said.
  ///   - framesFolder: made here, if frames are to be kept.
  init(
    _ reporting: ReportingOptions, said: SaidTexts, preview: PreviewOptions, _ previewDecoder: PreviewDecoder?,
    latents: (path: String, seed: Seed)?, framesFolder: String?
  ) throws {
    (self.reporting, self.said) = (reporting, said)
    (self.preview, self.previewDecoder) = (preview, previewDecoder)
    (self.latents, self.framesFolder, progress) = (latents, framesFolder, reporting.progress)
    if let framesFolder {
      try FileManager.default.createDirectory(atPath: framesFolder, withIntermediateDirectories: true)
    }
  }

  func saw(_ event: GenerationEvent) throws {
    switch event {
    case .warning(let text): if said.isNew(text) { Console.message("Warning: \(text)") }
    case .note(let text): if said.isNew(text) { reporting.note(text) }
    case .step(let step):
      progress.update("step", step.index + 1, of: step.count)
      if isPreviewed, let previewDecoder, (step.index + 1) % preview.previewInterval == 0 {
        // A preview is no reason to lose the run.
        do { try previewDecoder.frame(of: step.denoised).write(to: preview.previewPath) } catch {
          isPreviewed = false
          Console.message("Warning: no more previews: \(error).")
        }
      }
    case .latents(let reached):
      progress.end()
      progress.begin()
      try keep(reached, note: "final")
      isSampled = true
    case .frame(let index, let count):
      if count > 1 { progress.update("frame", index + 1, of: count) }
    }
  }

  func saw(_ frame: Frame) throws {
    guard let framesFolder, frameFailure == nil else { return }
    do { try frame.write(to: "\(framesFolder)/\(String(format: "frame_%04d.png", frame.index + 1))") } catch {
      // The file itself may lie on another disk.
      frameFailure = error
    }
  }

  /// The end, with the times that the parts took.
  ///
  /// - Throws: why frames could not be written beside the file, which is there.
  func finish(_ seconds: GenerationResult.Seconds) throws {
    progress.end()
    if let frameFailure { throw frameFailure }
    reporting.detail(
      String(format: "Text %.2f s, sampling %.2f s, decoding %.2f s.", seconds.text, seconds.sampling, seconds.decoding)
    )
  }

  /// The end by an error; of an interrupted run the latents so far are kept.
  func finish(_ error: any Error) throws {
    progress.end()
    if case GenerationError.cancelled(_, let reached?) = error, !isSampled { try keep(reached, note: "interrupted") }
  }

  private func keep(_ reached: Latents, note: String) throws {
    guard let latents else { return }
    try reached.write(to: latents.path, metadata: ["state": note, "seed": "\(latents.seed)"])
  }
}
