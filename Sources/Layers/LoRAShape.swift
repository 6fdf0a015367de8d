/// The shape of a LoRA that is trained: its rank, its strength, and the layers that it adds to.
package struct LoRAShape: Sendable, Hashable {
  /// The layers that a LoRA adds to, by the ends of their names in diffusers and transformers.
  package enum Layers: String, Sendable, CaseIterable {
    /// The projections of attention: the habit of diffusers' own scripts.
    case attention
    /// These, the feed-forward layers, and the projections around a transformer: the habit of kohya's scripts.
    case linear
    /// Keys, values and the feed-forward layers, of denoisers and text encoders: DreamArtist++'s.
    case contents
  }

  /// Columns of `up`, rows of `down`.
  package var rank: Int
  /// What is added is alpha / rank times the product.
  package var alpha: Float
  package var layers: Layers

  /// - Parameter alpha: nil is the rank: the product itself is added.
  package init(rank: Int, alpha: Float? = nil, layers: Layers = .attention) {
    (self.rank, self.alpha, self.layers) = (rank, alpha ?? Float(rank), layers)
  }

  package var scale: Float { alpha / Float(rank) }

  private static let attention = ["q_proj", "k_proj", "v_proj", "out_proj", "to_q", "to_k", "to_v", "to_out.0"]
  private static let contents = [
    "to_k", "to_v", "ff.net.0.proj", "ff.net.2", "k_proj", "v_proj", "mlp.fc1", "mlp.fc2",
  ]
  private static let others = ["mlp.fc1", "mlp.fc2", "ff.net.0.proj", "ff.net.2", "proj_in", "proj_out"]

  /// The name of the layer whose weight is called `name`; nil where nothing is added.
  ///
  /// - Parameter shape: (out, in), or of a 1×1 convolution (out, in, 1, 1).
  package func layer(_ name: String, _ shape: [Int]) -> String? {
    let ending = ".weight"
    guard name.hasSuffix(ending), shape.count > 1, shape.dropFirst(2).allSatisfy({ $0 == 1 }) else { return nil }
    let layer = String(name.dropLast(ending.count))
    let ends =
      switch layers {
      case .attention: Self.attention
      case .linear: Self.attention + Self.others
      case .contents: Self.contents
      }
    return ends.contains { layer.hasSuffix("." + $0) } ? layer : nil
  }
}
