import ArgumentParser
import Foundation
import NegativeSpaceEmojiFamily
import NegativeSpaceEmojiWorld
import NegativeSpaceKernels
import NegativeSpaceTraining

/// `negspace train PART`.
struct TrainPartCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "part",
    abstract: "Train one part, from its checkpoint if there is one.",
    discussion: """
      Parts, in their order: \(FamilyPart.allCases.map(\.rawValue).joined(separator: ", ")). Each keeps its checkpoint, a CSV log
      and sample sheets in a folder of its own under --runs, and goes on from the checkpoint when it is started again.
      Needs the Debian packages fonts-noto-color-emoji and unicode-cldr-core.

      Examples:
        negspace train autoencoder --steps 20000
        negspace train image --optimizer muon
      """)

  @Argument(help: "The part to train.")
  var part: FamilyPart

  @Option(help: ArgumentHelp("The folder for checkpoints, logs and samples.", valueName: "dir"), completion: .directory)
  var runs = "runs"

  @Option(help: "Optimiser steps in all.")
  var steps: Int?

  @Option(help: "Samples a step.")
  var batch: Int?

  @Option(help: "The highest learning rate.")
  var rate: Float?

  @Option(help: "Samples whose latents are encoded once and trained on (image, video, lvdm).")
  var cached: Int?

  @Option(help: "Parts that a batch is cut into, each computed on one thread.")
  var shards: Int?

  @Option(help: "Frames of a clip (video, lvdm).")
  var frames = EmojiFamily.frames

  @Option(help: "adamw, or muon: Muon for the matrices inside, AdamW for the rest.")
  var optimizer = OptimizerName.adamw

  @Flag(help: "Leave the encoder, and with it the latents that denoisers have learned, as it is (autoencoder).")
  var decoderOnly = false

  @Flag(help: "Leave the image model's weights as they are and learn only what acts in time (video, motion, lvdm).")
  var temporalOnly = false

  @Flag(help: "Go on from the run's weights with other settings; steps count from 0 again.")
  var newPhase = false

  @Option(
    help: "The vae, unet or ControlNet folder of a smaller family to grow from (autoencoder, denoisers, controlnet).",
    completion: .directory)
  var smaller: String?

  @Option(help: "Compute type: float32 or bfloat16; by default what is fastest here.")
  var dtype: DataType?

  /// Optimiser of the weights.
  enum OptimizerName: String, ExpressibleByArgument, CaseIterable { case adamw, muon }

  func validate() throws {
    for (name, value) in [
      ("--steps", steps), ("--batch", batch), ("--cached", cached), ("--shards", shards), ("--frames", frames),
    ] {
      if let value, value < 1 { throw ValidationError("\(name) is \(value); it must be at least 1") }
    }
    let temporal: [FamilyPart] = [.video, .motion, .lvdm]
    if smaller != nil, ![.autoencoder, .image, .controlNet, .video, .lvdm].contains(part) {
      throw ValidationError("--smaller belongs to autoencoder, image, controlnet, video and lvdm")
    }
    if temporalOnly, !temporal.contains(part) {
      throw ValidationError("--temporal-only belongs to \(temporal.map(\.rawValue).joined(separator: ", "))")
    }
    if decoderOnly, part != .autoencoder { throw ValidationError("--decoder-only belongs to the autoencoder") }
  }

  func run() throws {
    let native = Compute.backend.hasNativeBFloat16
    let interrupt = Interruption()
    var runs = try FamilyRuns(folder: runs, dtype: dtype ?? (native ? .bfloat16 : .float32))
    runs.isCancelled = { interrupt.isRaised }
    var options = FamilyTrainingOptions(
      steps: steps, batch: batch, rate: rate, cached: cached, shards: shards, frames: frames)
    options.muon = optimizer == .muon
    options.decoderOnly = decoderOnly
    options.smaller = smaller
    options.temporalOnly = temporalOnly
    if newPhase { try TrainingPhase(folder: runs.folder(part)).begin() }
    let loop: TrainingLoop?
    do {
      loop = try runs.loop(
        part, options, isInterrupted: { interrupt.isRaised }, note: { TrainingReport.line($0) },
        report: { TrainingReport.progress($0) })
    } catch is CancellationError { throw ExitCode(Interruption.status) }
    guard let loop else { return }
    let done = try loop.run()
    TrainingReport.line("\(part.rawValue): \(done) steps done, checkpoint in \(runs.folder(part))")
    if interrupt.isRaised { throw ExitCode(Interruption.status) }
  }
}

/// Lines for the person who waits, on standard error.
private enum TrainingReport {
  static func line(_ text: String) { Console.message(text) }

  static func progress(_ progress: TrainingProgress) {
    guard progress.step % 10 == 0 || progress.step == progress.steps else { return }
    let left = Int(progress.secondsLeft)
    line(
      "step \(progress.step)/\(progress.steps)  loss \(progress.loss)  "
        + "\(String(format: "%.2f", progress.secondsPerStep)) s/step  \(left / 3600) h \(left % 3600 / 60) min left")
  }
}
