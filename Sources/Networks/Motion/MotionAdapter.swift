package import NegativeSpaceLayers

/// AnimateDiff's layers along time without the denoiser that they are for, keyed as in diffusers: to see whether a file
/// is whole.
package struct MotionAdapter: Sendable {
  package let configuration: MotionAdapterConfiguration
  private let modules: [AnimateDiffTransformer3D]

  /// - Throws: `ConfigurationError`, or the weight source's own error.
  package init(_ configuration: MotionAdapterConfiguration, _ weights: WeightScope) throws {
    self.configuration = configuration
    let shapes = try configuration.shapes()
    var modules: [AnimateDiffTransformer3D] = []
    func add(_ block: WeightScope, layers: Int, channels: Int, _ shape: MotionShape) throws {
      for layer in 0..<layers {
        modules.append(
          try AnimateDiffTransformer3D(
            block["motion_modules"][layer], channels: channels, groups: configuration.normNumGroups, shape))
      }
    }
    let channels = configuration.blockOutChannels
    for (index, mirrored) in zip(channels.indices, channels.indices.reversed()) {
      let (width, layers, shape) = (channels[index], shapes.layers[index], shapes.down[index])
      try add(weights["down_blocks"][index], layers: layers, channels: width, shape)
      try add(weights["up_blocks"][mirrored], layers: layers + 1, channels: width, shape)
    }
    if let shape = shapes.middle {
      try add(weights["mid_block"], layers: 1, channels: channels[channels.count - 1], shape)
    }
    self.modules = modules
  }
}
