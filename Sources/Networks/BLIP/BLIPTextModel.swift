import NegativeSpaceKernels
package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// BLIP's text tower: BERT whose layers look at a picture, too; keyed as in Salesforce's and ImageReward's files.
package struct BLIPTextModel: Sendable {
  private let words: Tensor
  private let positions: Tensor
  private let norm: LayerNorm
  private let layers: [Layer]

  /// BERT's, everywhere.
  private static let epsilon: Float = 1e-12

  /// - Throws: the weight source's own error.
  package init(_ shape: BLIPShape, _ weights: WeightScope) throws {
    let (embeddings, width) = (weights["embeddings"], shape.text.width)
    let small = Initial.normal(std: 0.02)
    words = try embeddings.tensor("word_embeddings.weight", shape: [shape.vocabulary, width], initial: small)
    positions = try embeddings.tensor("position_embeddings.weight", shape: [shape.positions, width], initial: small)
    norm = try LayerNorm(embeddings["LayerNorm"], width: width, epsilon: Self.epsilon)
    layers = try (0..<shape.text.layers).map {
      try Layer(shape.text, pictureWidth: shape.vision.width, weights["encoder.layer"][$0])
    }
  }

  /// The states (1, T, width) of one text beside a picture's states (1, S, pictureWidth).
  ///
  /// - Parameter tokens: ids below the vocabulary's size, at most as many as there are positions; the caller's duty.
  package func callAsFunction(_ tokens: [Int], picture: Tensor) -> Tensor {
    let embedded = words.rows(tokens) + positions.slice(axis: 0, from: 0, to: tokens.count)
    return layers.reduce(norm(embedded.reshaped([1, tokens.count, -1]))) { $1($0, picture) }
  }

  /// Attention to the text, to the picture, and feed-forward, each added to its input and normed after.
  private struct Layer: Sendable {
    private let toText: Attention
    private let toPicture: Attention
    private let fc1: Linear
    private let fc2: Linear
    private let norm: LayerNorm

    init(_ shape: BLIPShape.Tower, pictureWidth: Int, _ weights: WeightScope) throws {
      toText = try Attention(shape, contextWidth: shape.width, weights["attention"])
      toPicture = try Attention(shape, contextWidth: pictureWidth, weights["crossattention"])
      fc1 = try Linear(weights["intermediate.dense"], from: shape.width, to: shape.innerWidth)
      fc2 = try Linear(weights["output.dense"], from: shape.innerWidth, to: shape.width)
      norm = try LayerNorm(weights["output.LayerNorm"], width: shape.width, epsilon: BLIPTextModel.epsilon)
    }

    func callAsFunction(_ x: Tensor, _ picture: Tensor) -> Tensor {
      let seen = toPicture(toText(x, x), picture)
      return norm(seen + fc2(fc1(seen).gelu()))
    }
  }

  private struct Attention: Sendable {
    private let query: Linear
    private let key: Linear
    private let value: Linear
    private let output: Linear
    private let norm: LayerNorm
    private let heads: Int

    init(_ shape: BLIPShape.Tower, contextWidth: Int, _ weights: WeightScope) throws {
      let width = shape.width
      query = try Linear(weights["self.query"], from: width, to: width)
      key = try Linear(weights["self.key"], from: contextWidth, to: width)
      value = try Linear(weights["self.value"], from: contextWidth, to: width)
      output = try Linear(weights["output.dense"], from: width, to: width)
      norm = try LayerNorm(weights["output.LayerNorm"], width: width, epsilon: BLIPTextModel.epsilon)
      heads = shape.heads
    }

    func callAsFunction(_ x: Tensor, _ context: Tensor) -> Tensor {
      norm(x + output(attention(query(x), key(context), value(context), heads: heads)))
    }
  }
}
