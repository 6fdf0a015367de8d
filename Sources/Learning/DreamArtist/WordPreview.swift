import NegativeSpaceNetworks
import NegativeSpacePipelines
import NegativeSpaceSampling
package import NegativeSpaceTensors
import NegativeSpaceText

/// What learned words do by now: the picture they are learned from, samples of the pair, and of the word to say alone.
package struct WordPreview: Sendable {
  private let subject: DreamArtistSubject
  private let guidance: Float
  private let empty: Tensor
  /// Samples in a row; each has its seed.
  private let count: Int
  /// As in the authors' code.
  private static let steps = 20

  /// - Parameters:
  ///   - guidance: strength of guidance.
  ///   - count: samples in a row.
  package init(_ subject: DreamArtistSubject, guidance: Float, count: Int) {
    (self.subject, self.guidance, self.count) = (subject, guidance, count)
    let (text, skipped) = (subject.model.text, subject.settings.clipSkip - 1)
    empty = withoutGradients {
      let ids = text.tokenizer.encode("", length: text.tower.shape.positions).ids
      return text.tower.encode(embedded: text.tower.embed([ids]), of: nil, skippingLast: skipped).states
    }
  }

  /// Pictures in [0, 1], (N, H, W, 3), in rows of `columns`.
  ///
  /// - Parameter networks: each branch's own, in DreamArtist++; the second row then has the word to say with its LoRA alone.
  package func sheet(
    _ positive: Tensor, _ negative: Tensor?, by networks: BranchLoRAs.Pair? = nil
  ) throws -> (pictures: Tensor, columns: Int) {
    let wanted = subject.positive.states([0], positive, by: networks?.positive.tower)
    let avoided = negative.flatMap { subject.negative?.states([0], $0, by: networks?.negative.tower) }
    let (own, plain) = (subject.model.denoiser, networks?.positive.denoiser ?? subject.model.denoiser)
    let rows = try [avoided.map { ($0, networks?.negative.denoiser ?? own) }, (empty, own)].compactMap { $0 }.map {
      branch in
      Tensor.concatenate([reference, try samples(wanted, plain, branch.0, branch.1)], axis: 0)
    }
    return (Tensor.concatenate(rows, axis: 0), count + 1)
  }

  private var reference: Tensor { subject.references[0].picture * 0.5 + 0.5 }

  /// (count, H, W, 3).
  private func samples(
    _ wanted: Tensor, _ denoiser: any Denoiser, _ avoided: Tensor, _ negative: any Denoiser
  ) throws -> Tensor {
    let model = subject.model
    let conditioning = Conditioning(
      positive: wanted.expanded(to: [count] + wanted.shape.dropFirst()), negative: avoided)
    var guided = GuidedDenoiser(denoiser, Guidance(scale: guidance)) { _ in conditioning }
    // Two calls only where the branches' networks are two.
    if subject.loras != nil { guided.negativeNetwork = negative }
    let predict = guided.prediction()
    let noise = Tensor.concatenate(
      (0..<count).map { seed in
        var source = TorchRandom(seed: seed)
        return source.latents([1] + model.latentShape)
      }, axis: 0)
    var run = Denoising(
      try model.sampler(steps: Self.steps), initialNoise: noise, noise: RandomNoise(TorchRandom(seed: 0)),
      prediction: { latents, call in
        try subject.checkCancellation()
        return try predict(latents, call)
      })
    return model.pictures(of: try run.run())
  }
}
