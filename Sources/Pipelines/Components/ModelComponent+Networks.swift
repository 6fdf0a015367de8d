import NegativeSpaceConfiguration
import NegativeSpaceKernels
import NegativeSpaceNetworks
import NegativeSpaceSampling
import NegativeSpaceTensors
import NegativeSpaceWeights

extension ModelComponent {
  static func unet(
    _ folder: any ModelPart, _ weights: FileWeights, _ inputs: ComponentInputs, _ motion: MotionAdapterFiles?
  ) throws -> [String: Tensor] {
    let config = try folder.config()
    let className = try config.string("_class_name", default: UNet2DConditionConfiguration.className)
    let configuration = try config.denoiser(named: className, motion, of: folder.path)
    let network = try weights.build { try configuration.network($0) }
    let anySize = [Int?](repeating: nil, count: type(of: configuration).layout.rank - 2)
    let sample = try inputs.tensor(["sample"], [nil, configuration.inChannels] + anySize)
    try motion?.check(frames: sample.size(2))
    // diffusers gives AnimateDiff a row for each frame; one for each video means the same.
    let rows =
      motion == nil
      ? nil
      : try? inputs.tensor(
        ["encoder_hidden_states"], [sample.size(0) * sample.size(2), nil, configuration.textWidth])
    let text = try rows ?? inputs.tensor(["encoder_hidden_states"], [sample.size(0), nil, configuration.textWidth])
    let counts = [1, sample.size(0)]
    let output = network(
      sample.channelsLast, timesteps: try inputs.numbers("timestep", counts: counts), text: text,
      fps: inputs.contains("fps") ? try inputs.numbers("fps", counts: counts) : nil)
    return ["sample": output.channelsFirstTensor]
  }

  static func controlNet(
    _ folder: any ModelPart, _ weights: FileWeights, _ inputs: ComponentInputs
  ) throws -> [String: Tensor] {
    let configuration: ControlNetConfiguration = try folder.config().decode()
    let network = try weights.build { try ControlNetModel(configuration, $0) }
    let (unet, factor) = (configuration.unet, configuration.factor)
    let sample = try inputs.tensor(["sample"], [nil, unet.inChannels, nil, nil])
    let text = try inputs.tensor(["encoder_hidden_states"], [sample.size(0), nil, unet.crossAttentionDim])
    let picture = try inputs.tensor(
      ["controlnet_cond"],
      [sample.size(0), configuration.conditioningChannels, sample.size(2) * factor, sample.size(3) * factor])
    let scale = inputs.contains("conditioning_scale") ? try inputs.numbers("conditioning_scale", counts: [1]) : [1]
    let residuals = network(
      sample.channelsLast, timesteps: try inputs.numbers("timestep", counts: [1, sample.size(0)]), text: text,
      control: network.embedding(of: picture.channelsLast), strength: scale[0])
    var outputs = ["mid_block_res_sample": residuals.middle.channelsFirstTensor]
    for (index, residual) in residuals.down.enumerated() {
      outputs["down_block_res_samples.\(index)"] = residual.channelsFirstTensor
    }
    return outputs
  }

  static func decode(
    _ folder: any ModelPart, _ weights: FileWeights, _ inputs: ComponentInputs
  ) throws -> [String: Tensor] {
    let configuration = try folder.config().latentCodec()
    let latents = try inputs.tensor(["sample", "z", "latents"], [nil, configuration.latentChannels, nil, nil])
    let codec = try weights.build { try configuration.codec($0) }
    return ["sample": codec.decoded(latents.channelsLast, isCheckpointed: false).channelsFirstTensor]
  }

  static func encode(
    _ folder: any ModelPart, _ weights: FileWeights, _ inputs: ComponentInputs
  ) throws -> [String: Tensor] {
    let configuration = try folder.config().latentCodec()
    let picture = try inputs.tensor(["sample", "x"], [nil, configuration.inChannels, nil, nil])
    for (axis, name) in [(2, "height"), (3, "width")] where picture.size(axis) % configuration.factor != 0 {
      throw ModelError.wrongShape(
        path: inputs.path, name: "sample", found: picture.shape,
        expected: "a \(name) that \(configuration.factor) divides")
    }
    let codec = try weights.build { try configuration.codec($0) }
    if let network = codec as? AutoencoderKL {
      let moments = network.encode(picture.channelsLast)
      let mean = moments.mean.channelsFirstTensor
      return ["sample": mean, "mean": mean, "logvar": moments.logVariance.channelsFirstTensor]
    }
    guard codec.canEncode else { throw ModelError.noEncoder }
    let latents = codec.encoded([picture.channelsLast]) { Tensor.zeros($0) }
    return ["sample": latents.channelsFirstTensor]
  }

  static func text(
    _ folder: any ModelPart, _ weights: FileWeights, _ inputs: ComponentInputs
  ) throws -> [String: Tensor] {
    let configuration: CLIPTextConfiguration = try folder.config().decode()
    let network = try weights.build { try CLIPTextModel(configuration, $0) }
    let ids = try inputs.tokens("input_ids", most: configuration.maxPositionEmbeddings, below: configuration.vocabSize)
    let output = network(ids)
    return ["last_hidden_state": output.states, "pooler_output": output.pooled].compactMapValues {
      $0?.cast(to: .float32)
    }
  }
}

extension Tensor {
  /// (N, C, …) as (N, …, C), float32.
  fileprivate var channelsLast: Tensor { Tensor(channelsFirst: floats, shape: shape) }

  /// (N, …, C) as (N, C, …), float32.
  fileprivate var channelsFirstTensor: Tensor {
    let (values, shape) = channelsFirst
    return Tensor(values, shape: shape)
  }
}
