import NegativeSpaceConfiguration
package import NegativeSpaceLayers

/// The configuration of a `UNetMotionModel`: the denoiser of an image model, and layers along time.
package struct UNetMotionConfiguration: Sendable, Hashable {
  package var unet: UNet2DConditionConfiguration
  package var adapter: MotionAdapterConfiguration

  package init(unet: UNet2DConditionConfiguration, adapter: MotionAdapterConfiguration) {
    (self.unet, self.adapter) = (unet, adapter)
  }

  /// The sizes of the blocks.
  ///
  /// - Throws: `ConfigurationError` where the two do not fit together.
  package func shape() throws -> UNetShape {
    var shape = try unet.shape(of: "UNetMotionModel")
    let motion = try adapter.shapes()
    func check(_ field: String, _ found: [Int], _ expected: [Int]) throws {
      guard found != expected else { return }
      throw ConfigurationError.wrongValue(
        owner: MotionAdapterConfiguration.owner, key: field, found: "\(found)",
        expected: "\(expected), as the denoiser has it")
    }
    try check("block_out_channels", adapter.blockOutChannels, unet.blockOutChannels)
    try check("motion_layers_per_block", motion.layers, shape.down.map(\.layers))
    for (index, mirrored) in zip(shape.down.indices, shape.down.indices.reversed()) {
      shape.down[index].motion = motion.down[index]
      shape.up[mirrored].motion = motion.down[index]
    }
    shape.middle.motion = motion.middle
    return shape
  }
}

extension UNetMotionConfiguration: DenoiserConfiguration {
  package static let className = "UNetMotionModel"
  package static let pipelineClasses = ["AnimateDiffPipeline"]
  package static let layout = LatentLayout.clips

  package var inChannels: Int { unet.inChannels }
  package var blockOutChannels: [Int] { unet.blockOutChannels }
  package var blockLayers: [Int] { unet.blockLayers }
  package var textWidth: Int { unet.textWidth }
  package var latentSize: (height: Int, width: Int) { unet.latentSize }
  package var habits: DenoiserHabits {
    DenoiserHabits(guidanceScale: 7.5, frames: min(16, adapter.maxSeqLength), drawsNoiseByFrame: false)
  }

  package func network(_ weights: WeightScope) throws -> any Denoiser { try UNetMotionModel(self, weights) }
}
