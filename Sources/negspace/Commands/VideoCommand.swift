import ArgumentParser
import NegativeSpacePipelines

/// `negspace video`: text to an MP4 file.
struct VideoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "video", abstract: "Make a video from a text.",
    discussion:
      "Without --model, the family that ships in Models/ is used. The settings go into the file; see negspace info.")

  @OptionGroup(title: "What") var prompt: PromptOptions
  @Option(
    name: .shortAndLong,
    help: "A model folder in diffusers' layout; with --motion-adapter also a single file. (default: Models/emoji-video)"
  )
  var model: String?
  @OptionGroup(title: "Model") var modelFile: ModelFileOptions
  @Option(
    help: ArgumentHelp(
      "AnimateDiff's motion modules, a diffusers folder or a file: videos with a model of pictures.",
      valueName: "path"))
  var motionAdapter: String?
  @OptionGroup(title: "Model") var parts: ModelPartOptions
  @OptionGroup(title: "Start") var start: VideoStartOptions
  @OptionGroup(title: "Control") var control: ControlOptions
  @OptionGroup(title: "How") var sampling: SamplingOptions
  @OptionGroup(title: "Search") var search: SearchOptions
  @OptionGroup(title: "Size") var size: SizeOptions
  @Option(name: [.customLong("frames"), .customLong("video-frames")], help: "Frames. (default: the model's, else 16)")
  var frames: Int?
  @Option(help: "Frames a second: 8, 29.97, 30000/1001. (default: the model's, else 8)")
  var fps: String?
  @Option(
    help:
      "Frames a second that the model is told, if it is of VideoCrafter's kind. (default: the model's, else 28)"
  )
  var fpsCondition: Double?
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup(title: "Preview") var preview: PreviewOptions
  @OptionGroup(title: "Computing") var compute: ComputeOptions
  @OptionGroup(title: "Reporting") var reporting: ReportingOptions

  func run() throws {
    var request = GenerationRequest()
    prompt.apply(to: &request)
    try sampling.apply(to: &request)
    size.apply(to: &request)
    start.apply(to: &request)
    control.apply(to: &request)
    try parts.apply(to: &request, with: preview)
    (request.frames, request.fps, request.fpsCondition) = (frames, fps, fpsCondition)
    var modelOptions = modelFile.options
    modelOptions.motionAdapter = motionAdapter
    try GenerationRun(
      kind: .video, modelPath: model, modelOptions: modelOptions, request: request, prompts: prompt.prompts(),
      search: search, compute: compute, output: output, preview: preview, reporting: reporting
    ).run()
  }
}
