import ArgumentParser
import NegativeSpaceKernels
import NegativeSpacePipelines

/// `negspace model`: look at a model, or run a part of it.
struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model", abstract: "Look at a model, convert it, or run one of its networks.",
    subcommands: [ModelInspectCommand.self, ModelConvertCommand.self, ModelRunCommand.self])
}

/// `negspace model run`: one network once.
struct ModelRunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run one network once on tensors from a file.",
    discussion: """
      For people who compare implementations. Inputs and outputs are safetensors in PyTorch's layouts, under diffusers' names:
        unet          sample, timestep, encoder_hidden_states -> sample; for VideoCrafter
                  also fps, one number or one a sample (16 without it)
        controlnet    sample, timestep, encoder_hidden_states, controlnet_cond
                      -> down_block_res_samples.0 and so on, mid_block_res_sample
        vae_decode    sample -> sample
        vae_encode    sample -> sample (the mean), mean, logvar
        text_encoder  input_ids -> last_hidden_state, pooler_output

      Examples:
        negspace model run Models/emoji-image --component unet --inputs in.safetensors -o out.safetensors
      """)

  @Argument(
    help: ArgumentHelp(
      "A model folder in diffusers' layout, a single file, or the network's own folder.", valueName: "path"),
    completion: .file())
  var path: String

  @Option(help: "The network: unet, controlnet, vae_decode, vae_encode, text_encoder.")
  var component: ModelComponent

  @Option(help: ArgumentHelp("The safetensors file to read.", valueName: "file"), completion: .file())
  var inputs: String

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The safetensors file to write.", valueName: "file"), completion: .file())
  var output: String

  @Option(help: "Compute type: float32 or bfloat16.")
  var dtype = ComputeType.float32

  @Option(name: .shortAndLong, help: "Threads. (default: all cores)")
  var threads: Int?

  @Option(
    help: ArgumentHelp(
      "For unet: AnimateDiff's motion modules; sample is then [B, 4, F, H, W].", valueName: "path"), completion: .file()
  )
  var motionAdapter: String?

  @OptionGroup(title: "Model") var model: ModelFileOptions

  func run() throws {
    try GenerationOutput.checkWritable(output)
    if let threads { Threads.use(threads) }
    var options = model.options
    options.motionAdapter = motionAdapter
    try component.run(in: path, options: options, inputs: inputs, output: output, dtype: dtype)
    try Console.result(output)
  }
}
