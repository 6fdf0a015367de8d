package import NegativeSpaceConfiguration
import NegativeSpaceKernels
package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// The config.json of a whole CLIP.
package struct CLIPConfiguration: Sendable, Hashable, ReadableConfiguration {
  package var text: CLIPTextConfiguration
  package var vision: CLIPVisionConfiguration

  package init(text: CLIPTextConfiguration, vision: CLIPVisionConfiguration) {
    self.text = text
    self.vision = vision
  }

  package static let owner = "CLIPModel"

  package init(_ config: ConfigFile) throws {
    text = try config.section("text_config", default: [:]).decode()
    vision = try config.section("vision_config", default: [:]).decode()
    // The width of the shared space stands outside of the towers' own parts, whatever those say.
    let projection = try config.size("projection_dim", default: 512)
    (text.projectionDim, vision.projectionDim) = (projection, projection)
  }
}

/// Both towers of CLIP (arXiv:2103.00020) and how sharply they tell pairs apart, keyed as in transformers.
package struct CLIPModel: Sendable {
  package let text: CLIPTextModelWithProjection
  package let vision: CLIPVisionModelWithProjection
  /// The logarithm of what cosines are multiplied with: a scalar, float32.
  package let logitScale: Tensor

  /// - Throws: `ConfigurationError`, or the weight source's own error.
  package init(_ configuration: CLIPConfiguration, _ weights: WeightScope) throws {
    text = try CLIPTextModelWithProjection(configuration.text, weights)
    vision = try CLIPVisionModelWithProjection(configuration.vision, weights)
    logitScale = try weights.tensor("logit_scale", shape: [], role: .vector, initial: .constant(2.6592))
  }

  /// Similarity of texts (B rows of token ids) and pictures (N, size, size, channels): (B, N), float32.
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
