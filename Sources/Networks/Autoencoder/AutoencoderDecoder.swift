import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceTensors

/// Latents to pictures.
struct AutoencoderDecoder: Sendable {
  let convIn: Convolution2D
  private let midBlock: AutoencoderMidBlock
  private let blocks: [(block: AutoencoderBlock, upsample: Upsample2D?)]
  private let normOut: GroupNorm
  private let convOut: Convolution2D

  init(_ configuration: AutoencoderKLConfiguration, _ weights: WeightScope) throws {
    let channels = Array(configuration.blockOutChannels.reversed())
    let groups = configuration.normNumGroups
    let last = channels[channels.count - 1]
    convIn = try Convolution2D(weights["conv_in"], from: configuration.latentChannels, to: channels[0])
    midBlock = try AutoencoderMidBlock(
      weights["mid_block"], channels: channels[0], groups: groups, hasAttention: configuration.midBlockAddAttention)
    blocks = try channels.indices.map { index in
      let place = weights["up_blocks"][index]
      return (
        try AutoencoderBlock(
          place, from: channels[max(0, index - 1)], to: channels[index], count: configuration.layersPerBlock + 1,
          groups: groups),
        try index == channels.count - 1 ? nil : Upsample2D(place["upsamplers"][0], channels: channels[index])
      )
    }
    normOut = try GroupNorm(weights["conv_norm_out"], channels: last, groups: groups, epsilon: 1e-6)
    convOut = try Convolution2D(weights["conv_out"], from: last, to: configuration.outChannels)
  }

  /// (N, H, W, latentChannels) to (N, H·factor, W·factor, outChannels).
  ///
  /// - Parameter run: calls a block; a place to checkpoint it.
  func callAsFunction(_ latents: Tensor, run: (Tensor, @escaping (Tensor) -> Tensor) -> Tensor) -> Tensor {
    var x = run(convIn(latents)) { midBlock($0) }
    for (block, upsample) in blocks {
      x = run(x) { x in
        let x = block(x)
        return upsample?(x) ?? x
      }
    }
    return convOut(normOut(x, then: .silu))
  }
}
