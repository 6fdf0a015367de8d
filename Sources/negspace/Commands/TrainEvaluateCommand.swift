import ArgumentParser
import NegativeSpaceEmojiFamily
import NegativeSpaceEmojiWorld
import NegativeSpaceKernels
import NegativeSpaceTraining

/// `negspace train evaluate`: a part, judged on what it was not trained on.
struct TrainEvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Judge a trained denoiser on held-out prompts, or the autoencoder on held-out pictures.",
    discussion: """
      Examples:
        negspace train evaluate image --count 200 --sheet sheet.png
      """)

  /// The parts that are judged by more than their own validation.
  enum Part: String, CaseIterable, ExpressibleByArgument {
    case autoencoder, image, controlnet, video, motion, lvdm

    var familyPart: FamilyPart {
      switch self {
      case .autoencoder: .autoencoder
      case .image: .image
      case .controlnet: .controlNet
      case .video: .video
      case .motion: .motion
      case .lvdm: .lvdm
      }
    }
  }

  @Argument(help: "The part; motion is AnimateDiff's kind, lvdm VideoCrafter2's.")
  var part: Part

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
    if distance, part != .image {
      throw ValidationError("--distance is given for \(part.rawValue); it belongs to the image model")
    }
  }

  func run() throws {
    let runs = try FamilyRuns(
      folder: runs, dtype: Compute.backend.hasNativeBFloat16 ? .bfloat16 : .float32)
    var judging = FamilyRuns.Judging()
    (judging.count, judging.frames, judging.steps) = (count, frames, steps)
    (judging.guidance, judging.sheet, judging.distance) = (guidance, sheet, distance)
    judging.split = seen ? .train : .test
    for figure in try runs.evaluate(part.familyPart, judging) { try Console.result("\(figure.name): \(figure.value)") }
  }
}
