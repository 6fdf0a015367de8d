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

extension CLIPVisionConfiguration: Decodable {
  package init(from decoder: any Decoder) throws {
    let reader = try ConfigurationReader("CLIPVisionModel", decoder)
    encoder = try reader.encoder(or: encoder)
    channels = try reader.integer("num_channels", or: channels)
    imageSize = try reader.integer("image_size", or: imageSize)
    patchSize = try reader.integer("patch_size", or: patchSize)
    projectionDim = try reader.integer("projection_dim", or: projectionDim)
    try validate()
  }

  /// - Throws: `ConfigurationError` where two values contradict each other.
  func validate() throws {
    try encoder.validate("CLIPVisionModel")
    guard patchSize <= imageSize else {
      throw ConfigurationError(
        "CLIPVisionModel", "patch_size", found: "\(patchSize)", expected: "at most image_size = \(imageSize)")
    }
  }
}
