import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceTensors

/// Pictures to the moments of their latents.
struct AutoencoderEncoder: Sendable {
  let convIn: Convolution2D
  private let blocks: [(block: AutoencoderBlock, downsample: Downsample2D?)]
  private let midBlock: AutoencoderMidBlock
  private let normOut: GroupNorm
  private let convOut: Convolution2D

  init(_ configuration: AutoencoderKLConfiguration, _ weights: WeightScope) throws {
    let (channels, groups) = (configuration.blockOutChannels, configuration.normNumGroups)
    let last = channels[channels.count - 1]
    convIn = try Convolution2D(weights["conv_in"], from: configuration.inChannels, to: channels[0])
    blocks = try channels.indices.map { index in
      let place = weights["down_blocks"][index]
      return (
        try AutoencoderBlock(
          place, from: channels[max(0, index - 1)], to: channels[index], count: configuration.layersPerBlock,
          groups: groups),
        try index == channels.count - 1
          ? nil : Downsample2D(place["downsamplers"][0], channels: channels[index], border: .after)
      )
    }
    midBlock = try AutoencoderMidBlock(
      weights["mid_block"], channels: last, groups: groups, hasAttention: configuration.midBlockAddAttention)
    normOut = try GroupNorm(weights["conv_norm_out"], channels: last, groups: groups, epsilon: 1e-6)
    convOut = try Convolution2D(weights["conv_out"], from: last, to: 2 * configuration.latentChannels)
  }

  /// (N, H, W, inChannels) to (N, H/factor, W/factor, 2·latentChannels).
  func callAsFunction(_ picture: Tensor) -> Tensor {
    var x = convIn(picture)
    for (block, downsample) in blocks {
      x = block(x)
      if let downsample { x = downsample(x) }
    }
    return convOut(normOut(midBlock(x), then: .silu))
  }
}
