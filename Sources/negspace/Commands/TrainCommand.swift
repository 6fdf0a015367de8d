import ArgumentParser
import Foundation
import NegativeSpaceEmojiFamily
import NegativeSpaceEmojiWorld
import NegativeSpaceKernels
import NegativeSpaceTraining

/// `negspace train`: makes the family that ships in `Models/` anew, part by part.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train, judge and export the model family that ships in Models/.",
    subcommands: [
      TrainPartCommand.self, TrainEvaluateCommand.self, TrainExportCommand.self, TrainImportCommand.self,
      TrainPromptsCommand.self,
    ],
    defaultSubcommand: TrainPartCommand.self)
}

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
    help: "The vae or unet folder of a smaller family to grow from (autoencoder, image, video, lvdm).",
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
    if smaller != nil, ![.autoencoder, .image, .video, .lvdm].contains(part) {
      throw ValidationError("--smaller belongs to autoencoder, image, video and lvdm")
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

/// `negspace train evaluate`: a part, judged on what it was not trained on.
struct TrainEvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Judge a trained denoiser on held-out prompts, or the autoencoder on held-out pictures.",
    discussion: """
      Examples:
        negspace train evaluate image --count 200 --sheet sheet.png
      """)

  @Argument(help: "autoencoder, image, controlnet, video, or lvdm: the video model of VideoCrafter2's kind.")
  var part: FamilyPart

  @Option(help: ArgumentHelp("The folder of the runs.", valueName: "dir"), completion: .directory)
  var runs = "runs"

  @Option(help: "How many prompts or pictures.")
  var count = 200

  @Flag(
    help:
      "Prompts of combinations that training shows, instead of held-out ones: the difference is what was learned by heart."
  )
  var seen = false

  @Option(help: "Frames of a clip.")
  var frames = EmojiFamily.frames

  @Option(help: "Sampling steps.")
  var steps = 25

  @Option(name: [.customLong("guidance-scale"), .customLong("cfg-scale")], help: "Guidance.")
  var guidance: Float = 5

  @Flag(help: "Also the Fréchet distance of --count pictures from renderings, on the judge's features (image).")
  var distance = false

  @Option(
    help: ArgumentHelp("Where the first prompts' results are written, as they come, in one PNG.", valueName: "file"),
    completion: .file())
  var sheet: String?

  func validate() throws {
    for (name, value) in [("--count", count), ("--frames", frames), ("--steps", steps)] where value < 1 {
      throw ValidationError("\(name) is \(value); it must be at least 1")
    }
  }

  func run() throws {
    if distance, part != .image { throw ValidationError("--distance belongs to the image model") }
    let runs = try FamilyRuns(
      folder: runs, dtype: Compute.backend.hasNativeBFloat16 ? .bfloat16 : .float32)
    var judging = FamilyRuns.Judging()
    (judging.count, judging.frames, judging.steps) = (count, frames, steps)
    (judging.guidance, judging.sheet, judging.distance) = (guidance, sheet, distance)
    judging.split = seen ? .train : .test
    for figure in try runs.evaluate(part, judging) { try Console.result("\(figure.name): \(figure.value)") }
  }
}

/// `negspace train export`: the runs as folders that diffusers loads.
struct TrainExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write the trained parts as diffusers folders.",
    discussion: """
      Examples:
        negspace train export --runs runs -o Models
      """)

  @Option(help: ArgumentHelp("The folder of the runs.", valueName: "dir"), completion: .directory)
  var runs = "runs"

  @Option(name: .shortAndLong, help: ArgumentHelp("Where the folders go.", valueName: "path"), completion: .file())
  var output = "Models"

  func run() throws {
    let runs = try FamilyRuns(folder: runs, dtype: .float32)
    for folder in try FamilyExport(runs, to: output).write() { try Console.result(folder) }
  }
}

/// `negspace train import`: runs that go on from the shipped weights.
struct TrainImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Make runs of the shipped folders, to train them further.",
    discussion: """
      Examples:
        negspace train import -m Models --runs runs
      """)

  @Option(
    help: ArgumentHelp(
      "The folder of the runs; parts that have a checkpoint there stay as they are.", valueName: "dir"),
    completion: .directory)
  var runs = "runs"

  @Option(
    name: [.customShort("m"), .long],
    help: ArgumentHelp("The folder that holds emoji-image, emoji-video and the others.", valueName: "dir"),
    completion: .directory)
  var models = "Models"

  func run() throws {
    for part in try FamilyImport(from: models, into: runs).write() { try Console.result("\(runs)/\(part.rawValue)") }
  }
}

extension FamilyPart: ExpressibleByArgument {}
extension DataType: ExpressibleByArgument {}

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
