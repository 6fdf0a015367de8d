import ArgumentParser
import NegativeSpacePipelines

/// `negspace video`: text to an MP4 file.
struct VideoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "video", abstract: "Make a video from a text.",
    discussion: """
      Without --model, the family that ships in Models/ is used. The settings go into the file; see negspace info.

      Examples:
        negspace video "a red apple bouncing on a yellow background"
        negspace video "a red fox" -m cerspense/zeroscope_v2_576w --negative-embedding reneg.safetensors
        negspace video "a red fox" -m sd15.safetensors --motion-adapter PATH --frames 16 -o fox.mp4
      """)

  @OptionGroup(title: "What") var prompt: PromptOptions
  @OptionGroup(title: "What") var writer: NegativeWriterOption
  @OptionGroup(title: "Model") var model: ModelPathOptions
  @OptionGroup(title: "Model") var motion: MotionOptions
  @OptionGroup(title: "Model") var modelFile: ModelFileOptions
  @OptionGroup(title: "Model") var parts: ModelPartOptions
  @OptionGroup(title: "Start") var start: VideoStartOptions
  @OptionGroup(title: "Control") var control: ControlOptions
  @OptionGroup(title: "How") var sampling: SamplingOptions
  @OptionGroup(title: "Search") var search: SearchOptions
  @OptionGroup(title: "Size") var size: SizeOptions
  @OptionGroup(title: "Size") var clip: ClipOptions
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
    try control.apply(to: &request)
    try parts.apply(to: &request, with: preview)
    clip.apply(to: &request)
    var modelOptions = modelFile.options
    modelOptions.motionAdapter = try motion.motionAdapter.map(located)
    try GenerationRun(
      kind: .video, modelPath: model.model, modelOptions: modelOptions, request: request, prompts: prompt.prompts(),
      parts: parts, writerPath: writer.negativeWriter, search: search, compute: compute, output: output,
      preview: preview, reporting: reporting
    ).run()
  }
}
