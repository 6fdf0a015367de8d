import NegativeSpaceKernels
package import NegativeSpaceNetworks
package import NegativeSpaceTensors
package import NegativeSpaceText

/// Agreement of pictures with their prompts, by a CLIP: CLIPScore, PickScore and HPS are this with other weights.
package struct CLIPReward: Reward {
  /// Scale of the cosine between a picture's and its prompt's embedding.
  package enum Scale: String, Sendable, CaseIterable {
    /// 100 · max(cos, 0), as torchmetrics reports it (arXiv:2104.08718 has 2.5 · max(cos, 0)).
    case clipScore = "clipscore"
    /// exp(logit_scale) · cos (arXiv:2305.01569).
    case pickScore = "pickscore"
    /// cos; tables often show it times 100. Versions 2.0 and 2.1 differ in weights and cannot be compared
    /// (arXiv:2306.09341).
    case hps
  }

  package let name: String
  private let model: CLIPModel
  private let tokenizer: CLIPTokenizer
  private let scale: Scale
  private let preparation: PicturePreparation

  package init(
    _ model: CLIPModel, tokenizer: CLIPTokenizer, scale: Scale, preparation: PicturePreparation? = nil,
    name: String? = nil
  ) {
    (self.model, self.tokenizer, self.scale) = (model, tokenizer, scale)
    self.preparation = preparation ?? PicturePreparation(size: model.vision.configuration.imageSize)
    self.name = name ?? scale.rawValue
  }

  package func callAsFunction(_ pictures: Tensor, prompts: [String]) -> Tensor {
    score(pictures, texts: model.text.embeddings(of: prompts, tokenizer))
  }

  /// The same from text states of an encoder of this CLIP's shape, such as one that is being tuned: TextCraftor's
  /// constraint as its paper has it (arXiv:2403.18978, equation 8).
  ///
  /// - Parameter pooled: (N, width), the state of each prompt's end; gradients flow to it as to the pictures.
  package func callAsFunction(_ pictures: Tensor, pooled: Tensor) -> Tensor {
    score(pictures, texts: model.text.projected(pooled).cast(to: .float32).unitRows)
  }

  package func scores(with texts: [String]) -> @Sendable (Tensor) -> Tensor {
    let parts = stride(from: 0, to: texts.count, by: Self.textsAtOnce).map { start in
      model.text.embeddings(of: Array(texts[start..<min(texts.count, start + Self.textsAtOnce)]), tokenizer)
    }
    let embeddings = Tensor.concatenate(parts, axis: 0)  // (T, projectionDim)
    return { pictures in withoutGradients { scaled(images(pictures).linear(embeddings)) } }
  }

  private static let textsAtOnce = 64

  /// The configuration of the text tower.
  package var text: CLIPTextConfiguration { model.text.textModel.configuration }

  /// - Parameter texts: (N, projectionDim), of length 1.
  private func score(_ pictures: Tensor, texts: Tensor) -> Tensor {
    scaled((texts * images(pictures)).sum(axes: [1]))
  }

  /// The pictures' embeddings (N, projectionDim), of length 1.
  private func images(_ pictures: Tensor) -> Tensor {
    model.vision(preparation(pictures)).imageEmbeds.cast(to: .float32).unitRows
  }

  private func scaled(_ cosines: Tensor) -> Tensor {
    switch scale {
    case .clipScore: (cosines * 100).relu()
    case .pickScore: cosines * model.logitScale.exp()
    case .hps: cosines
    }
  }
}

extension CLIPTextModelWithProjection {
  /// The prompts' embeddings (N, projectionDim), of length 1; nothing is recorded.
  package func embeddings(of prompts: [String], _ tokenizer: CLIPTokenizer) -> Tensor {
    let length = textModel.configuration.maxPositionEmbeddings
    return withoutGradients {
      self(prompts.map { tokenizer.encode($0, length: length).ids }).cast(to: .float32).unitRows
    }
  }
}
