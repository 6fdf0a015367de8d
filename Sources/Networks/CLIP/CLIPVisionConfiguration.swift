package import NegativeSpaceConfiguration

/// The config.json of a CLIP vision tower, with transformers' defaults for what it leaves out.
package struct CLIPVisionConfiguration: Sendable, Hashable {
  package var encoder = CLIPEncoderShape(width: 768, innerWidth: 3072, layers: 12, heads: 12)
  package var channels = 3
  /// Height and width of the pictures, in pixels.
  package var imageSize = 224
  package var patchSize = 32
  package var projectionDim = 512

  package init() {}
}

extension CLIPVisionConfiguration: ReadableConfiguration {
  package static let owner = "CLIPVisionModel"

  package init(_ config: ConfigFile) throws {
    encoder = try config.encoder(default: encoder)
    channels = try config.size("num_channels", default: channels)
    imageSize = try config.size("image_size", default: imageSize)
    patchSize = try config.size("patch_size", default: patchSize)
    projectionDim = try config.size("projection_dim", default: projectionDim)
    try validate()
  }

  /// - Throws: `ConfigurationError` where two values contradict each other.
  func validate() throws {
    try encoder.validate(Self.owner)
    guard patchSize <= imageSize else {
      throw ConfigurationError.wrongValue(
        owner: Self.owner, key: "patch_size", found: "\(patchSize)", expected: "at most image_size = \(imageSize)")
    }
  }
}
