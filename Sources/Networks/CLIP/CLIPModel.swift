import NegativeSpaceKernels
package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// The config.json of a whole CLIP.
package struct CLIPConfiguration: Sendable, Hashable, Decodable {
  package var text: CLIPTextConfiguration
  package var vision: CLIPVisionConfiguration

  package init(text: CLIPTextConfiguration, vision: CLIPVisionConfiguration) {
    self.text = text
    self.vision = vision
  }

  private enum Key: String, CodingKey {
    case text = "text_config"
    case vision = "vision_config"
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    text = try container.decodeIfPresent(CLIPTextConfiguration.self, forKey: .text) ?? CLIPTextConfiguration()
    vision = try container.decodeIfPresent(CLIPVisionConfiguration.self, forKey: .vision) ?? CLIPVisionConfiguration()
    // The width of the shared space stands outside of the towers' own parts, whatever those say.
    let projection = try ConfigurationReader("CLIPModel", decoder).integer("projection_dim", or: 512)
    (text.projectionDim, vision.projectionDim) = (projection, projection)
  }
}

/// Both towers of CLIP (arXiv:2103.00020) and how sharply they tell pairs apart, keyed as in transformers.
package struct CLIPModel: Sendable {
  package let text: CLIPTextModelWithProjection
  package let vision: CLIPVisionModelWithProjection
  /// The logarithm of what cosines are multiplied with: a scalar, float32.
  package let logitScale: Tensor

  /// - Throws: `ConfigurationError`, or what the weight source throws.
  package init(_ configuration: CLIPConfiguration, _ weights: WeightScope) throws {
    text = try CLIPTextModelWithProjection(configuration.text, weights)
    vision = try CLIPVisionModelWithProjection(configuration.vision, weights)
    logitScale = try weights.tensor("logit_scale", shape: [], role: .vector, initial: .constant(2.6592))
  }

  /// How well texts (B rows of token ids) fit pictures (N, size, size, channels): (B, N), float32.
  package func logitsPerText(_ tokens: [[Int]], _ pictures: Tensor) -> Tensor {
    let texts = text(tokens).cast(to: .float32).unitRows
    let images = vision(pictures).imageEmbeds.cast(to: .float32).unitRows
    return texts.matmul(images, transposeB: true) * logitScale.exp()
  }
}

extension Tensor {
  /// Rows (…, D) scaled to length 1.
  package var unitRows: Tensor { self / square().sum(axes: [-1], keepDims: true).sqrt() }
}
