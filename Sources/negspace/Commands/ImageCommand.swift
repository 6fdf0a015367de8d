import ArgumentParser
import NegativeSpacePipelines

/// `negspace image`: text to a picture.
struct ImageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "image", abstract: "Make a picture from a text.",
    discussion: """
      Without --model, the family that ships in Models/ is used. The settings go into the file; see negspace info.

      Examples:
        negspace image "a red apple on a blue background" -s 7
        negspace image "a red fox" -m stable-diffusion-v1-5/stable-diffusion-v1-5 -n "blurry" -o fox.png
        negspace image "a red fox" -m model.safetensors --negative-embedding reneg.safetensors -b 4
        negspace image "a house" -m model.safetensors --control-net NET --control-image edges.png
      """)

  @OptionGroup(title: "What") var prompt: PromptOptions
  @OptionGroup(title: "What") var writer: NegativeWriterOption
  @OptionGroup(title: "Model") var model: ModelPathOptions
  @OptionGroup(title: "Model") var modelFile: ModelFileOptions
  @OptionGroup(title: "Model") var parts: ModelPartOptions
  @OptionGroup(title: "Start") var start: StartOptions
  @OptionGroup(title: "Control") var control: ControlOptions
  @OptionGroup(title: "How") var sampling: SamplingOptions
  @OptionGroup(title: "Search") var search: SearchOptions
  @OptionGroup(title: "Size") var size: SizeOptions
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
    try GenerationRun(
      kind: .image, modelPath: model.model, modelOptions: modelFile.options, request: request,
      prompts: prompt.prompts(), parts: parts, writerPath: writer.negativeWriter, search: search, compute: compute,
      output: output, preview: preview, reporting: reporting
    ).run()
  }
}
