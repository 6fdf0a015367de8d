import NegativeSpaceKernels
package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// The video denoiser of VideoCrafter 1 and 2 (arXiv:2310.19512, arXiv:2401.09047), keyed as in its own files.
///
/// There it is `UNetModel` under `model.diffusion_model`. Unlike ModelScope's, it may be told how many frames a second
/// it makes.
package struct LVDMUNetModel: Denoiser {
  package let configuration: LVDMUNetConfiguration
  private let timesteps: Timesteps
  private let timeEmbedding: TimestepEmbedding
  private let fpsEmbedding: TimestepEmbedding?
  private let convIn: Convolution2D
  private let initialAttention: TransformerTemporalModel?
  private let inputBlocks: [InputBlock]
  private let middle: (first: LVDMLayer, second: LVDMLayer)
  private let outputBlocks: [OutputBlock]
  private let normOut: GroupNorm
  private let convOut: Convolution2D

  private enum InputBlock {
    case layer(LVDMLayer)
    case downsample(Convolution2D)

    var isLayer: Bool { if case .layer = self { true } else { false } }
  }

  private typealias OutputBlock = (layer: LVDMLayer, upsample: Upsample2D?)

  /// - Throws: `ConfigurationError`, or the weight source's own error.
  package init(_ configuration: LVDMUNetConfiguration, _ weights: WeightScope) throws {
    self.configuration = configuration
    let levels = try configuration.levels()
    let (width, groups) = (configuration.modelChannels, configuration.normNumGroups)
    timesteps = Timesteps(width: width)
    timeEmbedding = try TimestepEmbedding(weights["time_embed"], from: width, to: 4 * width, names: ("0", "2"))
    // A fresh one says nothing, as all that an image network lacks.
    fpsEmbedding =
      try configuration.fpsCond
      ? TimestepEmbedding(weights["fps_embedding"], from: width, to: 4 * width, names: ("0", "2"), initial: .zeros)
      : nil
    convIn = try Convolution2D(weights["input_blocks.0.0"], from: configuration.inChannels, to: width)
    // Always 8 heads, and convolutions even where the others project with matrices.
    initialAttention =
      try configuration.additionAttention
      ? TransformerTemporalModel(
        weights["init_attn"][0], channels: width, groups: groups, heads: 8, headWidth: configuration.numHeadChannels,
        depth: configuration.transformerDepth, isPointwise: true, relativeLength: configuration.relativeLength) : nil

    var skips = [width]
    var channels = width
    func layer(_ place: WeightScope, from inputs: Int, _ level: LVDMUNetConfiguration.Level) throws -> LVDMLayer {
      try LVDMLayer(
        place, from: inputs, to: level.channels, hasTransformers: level.hasTransformers, configuration)
    }

    // Down
    var inputBlocks: [InputBlock] = []
    for (index, level) in levels.enumerated() {
      for _ in 0..<configuration.numResBlocks {
        let place = weights["input_blocks"][inputBlocks.count + 1]
        inputBlocks.append(.layer(try layer(place, from: channels, level)))
        channels = level.channels
        skips.append(channels)
      }
      guard index < levels.count - 1 else { continue }
      let place = weights["input_blocks"][inputBlocks.count + 1][0]["op"]
      inputBlocks.append(
        .downsample(try Convolution2D(place, from: channels, to: channels, stride: 2, padding: Padding(1))))
      skips.append(channels)
    }
    self.inputBlocks = inputBlocks

    // Across; the middle has transformers whatever its level has.
    let block = weights["middle_block"]
    middle = (
      first: try LVDMLayer(block, from: channels, to: channels, hasTransformers: true, configuration),
      second: try LVDMLayer(block, at: 3, from: channels, to: channels, hasTransformers: false, configuration)
    )

    // Up
    var outputBlocks: [(layer: LVDMLayer, upsample: Upsample2D?)] = []
    for (index, level) in levels.enumerated().reversed() {
      for number in 0...configuration.numResBlocks {
        let place = weights["output_blocks"][outputBlocks.count]
        let built = try layer(place, from: channels + skips.removeLast(), level)
        channels = level.channels
        let isLast = index > 0 && number == configuration.numResBlocks
        let upsample = try isLast ? Upsample2D(place[level.hasTransformers ? 3 : 1], channels: channels) : nil
        outputBlocks.append((built, upsample))
      }
    }
    self.outputBlocks = outputBlocks
    normOut = try GroupNorm(weights["out"][0], channels: channels, groups: groups, epsilon: 1e-5)
    convOut = try Convolution2D(weights["out"][2], from: channels, to: configuration.outChannels)
  }

  package var transformerBlocks: [TransformerBlockPlace] {
    var places = initialAttention?.places ?? []
    for case .layer(let layer) in inputBlocks { places += layer.places }
    places += middle.first.places + middle.second.places
    for block in outputBlocks { places += block.layer.places }
    return places
  }

  /// - Parameter latents: (B, F, H, W, inChannels).
  /// - Returns: (B, F, H, W, outChannels).
  package func predict(_ latents: Tensor, _ inputs: DenoiserInputs) -> Tensor {
    precondition(latents.rank == 5, "LVDMUNetModel: latents \(latents.shape) are not (B, F, H, W, C)")
    let type = convIn.weight.dtype
    let frames = latents.size(1)
    var time = timeEmbedding(timesteps(inputs.timesteps))
    // The default is that of the original's argument.
    if let fpsEmbedding { time = time + fpsEmbedding(timesteps(inputs.fps ?? [16])) }
    let context = UNetContext(
      time: time.silu(), text: inputs.text.cast(to: type), frames: frames, isCheckpointed: inputs.isCheckpointed,
      changes: inputs.typedChanges(type))
    let pictures = latents.cast(to: type).reshaped([latents.size(0) * frames] + latents.shape[2...])  // (B·F, H, W, C)

    var x = convIn(pictures)
    if let initialAttention { x = initialAttention(x, frames: frames, changes: inputs.changes) }
    x = convOut(normOut(body(x, context, inputs.residuals, inputs.features), then: .silu))
    return x.reshaped(latents.shape.dropLast() + [x.size(3)]).cast(to: latents.dtype)
  }

  /// All between the first convolution and the last norm, as in `UNetBody`.
  private func body(
    _ x: Tensor, _ context: UNetContext, _ residuals: UNetResiduals?, _ features: InnerFeatures?
  ) -> Tensor {
    let outerInputs = inputBlocks.prefix { $0.isLayer }
    let outerOutputs = outputBlocks.suffix(outerInputs.count + 1)
    var skips = [x]
    if let inner = features?.reusable(beside: x) {
      down(outerInputs, &skips, context)
      skips = residuals?.added(to: skips) ?? skips
      return up(outerOutputs, inner, &skips, context)
    }
    down(inputBlocks[...], &skips, context)
    var x = context.through(middle.second, context.through(middle.first, skips[skips.count - 1]))
    if let residuals { (x, skips) = (residuals.added(toMiddle: x), residuals.added(to: skips)) }
    x = up(outputBlocks.dropLast(outerOutputs.count), x, &skips, context)
    features?.keep(x)
    return up(outerOutputs, x, &skips, context)
  }

  private func down(_ blocks: ArraySlice<InputBlock>, _ skips: inout [Tensor], _ context: UNetContext) {
    for block in blocks {
      let x = skips[skips.count - 1]
      switch block {
      case .layer(let layer): skips.append(context.through(layer, x))
      case .downsample(let convolution): skips.append(convolution(x))
      }
    }
  }

  /// - Parameter skips: the states from the way down, the last one taken first.
  private func up(
    _ blocks: ArraySlice<OutputBlock>, _ x: Tensor, _ skips: inout [Tensor], _ context: UNetContext
  ) -> Tensor {
    var x = x
    for block in blocks {
      x = context.through(block.layer, Tensor.concatenate([x, skips.removeLast()], axis: 3))
      if let upsample = block.upsample, let next = skips.last {
        x = upsample(x, to: (height: next.size(1), width: next.size(2)))
      }
    }
    return x
  }
}
