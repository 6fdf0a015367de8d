import NegativeSpaceKernels
import NegativeSpaceNetworks
import NegativeSpaceWeights

/// One network of a model, run once on tensors from a file: for people who compare implementations.
///
/// Tensors are in PyTorch's layouts under diffusers' argument names.
public enum ModelComponent: String, CaseIterable, Sendable {
  /// `sample`, `timestep`, `encoder_hidden_states` and, for VideoCrafter, `fps` if it is there, to `sample`.
  case unet
  /// `sample`, `timestep`, `encoder_hidden_states`, `controlnet_cond` and, if it is there, `conditioning_scale` to
  /// `down_block_res_samples.0` and so on, and `mid_block_res_sample`.
  case controlnet
  /// `sample` (or `z`, `latents`), not scaled, to `sample`.
  case vaeDecode = "vae_decode"
  /// `sample` (or `x`) to `sample` (the mean), `mean` and `logvar`.
  case vaeEncode = "vae_encode"
  /// `input_ids` to `last_hidden_state` and `pooler_output`.
  case textEncoder = "text_encoder"

  /// Runs the network once.
  ///
  /// - Parameters:
  ///   - path: a model folder or single file, or the network's own folder.
  ///   - inputs: a safetensors file.
  ///   - output: the safetensors file to write.
  /// - Throws: `ModelError`, and errors in configuration, weights or files.
  public func run(
    in path: String, options: ModelOptions = ModelOptions(), inputs: String, output: String,
    dtype: ComputeType = .float32
  ) throws {
    let folder = try part(of: path, options)
    let inputs = ComponentInputs(path: inputs, file: try TensorFile(path: inputs))
    let motion = try options.motionAdapter.map { path in
      guard self == .unet else {
        throw RequestError(.motionAdapter, found: "given for \(rawValue)", expected: "unet as the network")
      }
      return try MotionAdapterFiles(path: path)
    }
    let weights = try FileWeights(
      folder.readers() + (motion?.part.readers() ?? []), dtype: dtype.dataType,
      recipe: self == .textEncoder ? .textEncoder : .diffusers)
    let outputs =
      switch self {
      case .controlnet: try Self.controlNet(folder, weights, inputs)
      case .unet: try Self.unet(folder, weights, inputs, motion)
      case .vaeDecode: try Self.decode(folder, weights, inputs)
      case .vaeEncode: try Self.encode(folder, weights, inputs)
      case .textEncoder: try Self.text(folder, weights, inputs)
      }
    try TensorFile(outputs).write(to: output)
  }

  private var folderName: String {
    switch self {
    case .unet: "unet"
    case .controlnet: "controlnet"
    case .vaeDecode, .vaeEncode: "vae"
    case .textEncoder: "text_encoder"
    }
  }

  private func part(of path: String, _ options: ModelOptions) throws -> any ModelPart {
    let path = try located(path)
    if self == .controlnet { return try ControlNetFiles(path: path).part }
    if try existingKind(path) == .folder {
      let inside = "\(path)/\(folderName)"
      if fileKind(inside) == .folder { return try ComponentFolder(path: inside, variant: options.variant) }
      if fileKind("\(path)/config.json") == .file {
        return try ComponentFolder(path: path, variant: options.variant)
      }
    }
    if self == .textEncoder, let files = try TextEncoderFiles(recognising: path, options) { return files.part }
    return try openModel(path, options).component(folderName)
  }
}
