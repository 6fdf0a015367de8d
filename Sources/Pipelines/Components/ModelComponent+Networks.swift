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
    let network: DenoisingNetwork
    let configuration: DenoisingConfiguration
    switch (try config.string("_class_name", default: "UNet2DConditionModel"), motion) {
    case ("UNet2DConditionModel", let motion?):
      let decoded = try motion.configuration(for: config.decode(), of: folder.path)
      (configuration, network) = (.motion(decoded), .motion(try weights.build { try UNetMotionModel(decoded, $0) }))
    case ("UNet2DConditionModel", nil):
      let decoded: UNet2DConditionConfiguration = try config.decode()
      (configuration, network) = (.image(decoded), .image(try weights.build { try UNet2DConditionModel(decoded, $0) }))
    case ("UNet3DConditionModel", nil):
      let decoded: UNet3DConditionConfiguration = try config.decode()
      (configuration, network) = (.video(decoded), .video(try weights.build { try UNet3DConditionModel(decoded, $0) }))
    case ("LVDMUNetModel", nil):
      let decoded: LVDMUNetConfiguration = try config.decode()
      (configuration, network) = (.lvdm(decoded), .lvdm(try weights.build { try LVDMUNetModel(decoded, $0) }))
    case (let other, _):
      throw ModelError.unknownClass(
        path: config.file, what: "denoiser", found: other,
        known: ["UNet2DConditionModel"] + (motion == nil ? ["UNet3DConditionModel", "LVDMUNetModel"] : []))
    }
    let channels = configuration.inChannels
    let layout: [Int?] =
      switch configuration {
      case .image: [nil, channels, nil, nil]
      case .video, .motion, .lvdm: [nil, channels, nil, nil, nil]
      }
    let sample = try inputs.tensor(["sample"], layout)
    try motion?.check(frames: sample.size(2))
    // diffusers gives AnimateDiff a row for each frame; one for each video means the same.
    let rows =
      motion == nil
      ? nil
      : try? inputs.tensor(
        ["encoder_hidden_states"], [sample.size(0) * sample.size(2), nil, configuration.textWidth])
    let text = try rows ?? inputs.tensor(["encoder_hidden_states"], [sample.size(0), nil, configuration.textWidth])
    let timesteps = try inputs.numbers("timestep", counts: [1, sample.size(0)])
    let latents = sample.channelsLast
    let output =
      switch network {
      case .image(let network): network(latents, timesteps: timesteps, text: text)
      case .video(let network): network(latents, timesteps: timesteps, text: text)
      case .motion(let network): network(latents, timesteps: timesteps, text: text)
      case .lvdm(let network):
        // The default is that of the original's argument.
        network(
          latents, timesteps: timesteps, text: text,
          fps: inputs.contains("fps")
            ? try inputs.numbers("fps", counts: [1, sample.size(0)]) : [16])
      }
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
    let configuration: AutoencoderConfiguration = try folder.config().decode()
    let latents = try inputs.tensor(["sample", "z", "latents"], [nil, configuration.latentChannels, nil, nil])
      .channelsLast
    let picture =
      switch configuration {
      case .kl(let known): try weights.build { try AutoencoderKL(known, $0) }.decode(latents)
      case .tiny(let known): try weights.build { try AutoencoderTiny(known, $0) }.decode(latents)
      }
    return ["sample": picture.channelsFirstTensor]
  }

  static func encode(
    _ folder: any ModelPart, _ weights: FileWeights, _ inputs: ComponentInputs
  ) throws -> [String: Tensor] {
    let configuration: AutoencoderConfiguration = try folder.config().decode()
    let picture = try inputs.tensor(["sample", "x"], [nil, configuration.inChannels, nil, nil])
    for (axis, name) in [(2, "height"), (3, "width")] where picture.size(axis) % configuration.factor != 0 {
      throw ModelError.wrongShape(
        path: inputs.path, name: "sample", found: picture.shape,
        expected: "a \(name) that \(configuration.factor) divides")
    }
    switch configuration {
    case .kl(let known):
      let moments = try weights.build { try AutoencoderKL(known, $0) }.encode(picture.channelsLast)
      let mean = moments.mean.channelsFirstTensor
      return ["sample": mean, "mean": mean, "logvar": moments.logVariance.channelsFirstTensor]
    case .tiny(let known):
      let network = try weights.build { try AutoencoderTiny(known, $0) }
      guard let latents = network.encode(picture.channelsLast) else { throw ModelError.noEncoder }
      return ["sample": latents.channelsFirstTensor]
    }
  }

  static func text(
    _ folder: any ModelPart, _ weights: FileWeights, _ inputs: ComponentInputs
  ) throws -> [String: Tensor] {
    let configuration: CLIPTextConfiguration = try folder.config().decode()
    let network = try weights.build { try CLIPTextModel(configuration, $0) }
    let ids = try inputs.tokens("input_ids", most: configuration.maxPositionEmbeddings, below: configuration.vocabSize)
    let output = network(ids)
    return [
      "last_hidden_state": output.lastHiddenState.cast(to: .float32), "pooler_output": output.pooled.cast(to: .float32),
    ]
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
