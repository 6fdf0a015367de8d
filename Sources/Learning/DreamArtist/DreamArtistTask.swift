import NegativeSpaceLayers
import NegativeSpaceNetworks
import NegativeSpaceSampling
package import NegativeSpaceTensors
package import NegativeSpaceTraining

/// Learns a word to say and a word to avoid from pictures (DreamArtist, arXiv:2211.11337).
package struct DreamArtistTask: TrainingTask {
  private let subject: DreamArtistSubject
  private let preview: WordPreview
  /// Samples of fixed noises whose loss is logged.
  private static let heldCount = 16
  private static let trainingStream: UInt64 = 0x6472_6561
  private static let heldStream: UInt64 = 0x6865_6C64

  package init(_ subject: DreamArtistSubject, preview: WordPreview) {
    (self.subject, self.preview) = (subject, preview)
  }

  package func loss(step: Int, shard: Shard, weights: StepWeights) throws -> (loss: Tensor, figures: [Figure]) {
    let places = shard.samples(step: step, batch: subject.settings.batch)
    let (latents, pixels) = try losses(places, stream: Self.trainingStream, weights)
    let figures = [Figure("latents", latents.item)] + (pixels.map { [Figure("pixels", $0.item)] } ?? [])
    return (pixels.map { latents + $0 * subject.settings.reconstruction } ?? latents, figures)
  }

  package func validate(step: Int, weights: SnapshotWeights) throws -> [Figure] {
    let latents = try withoutGradients { try losses(0..<Self.heldCount, stream: Self.heldStream, weights).latents }
    return [Figure("latents", latents.item)]
  }

  package func writeSamples(step: Int, weights: SnapshotWeights, folder: String) throws {
    let sheet = try withoutGradients {
      try preview.sheet(positive(weights), negative(weights), by: subject.loras?.networks(weights))
    }
    try SampleSheet.write(sheet.pictures, columns: sheet.columns, to: "\(folder)/samples-\(step).png")
  }

  // MARK: Parts

  private func positive(_ weights: any WeightSource) throws -> Tensor {
    try vectors(weights, DreamArtistSubject.positiveName, subject.positive)
  }

  private func negative(_ weights: any WeightSource) throws -> Tensor? {
    try subject.negative.map { try vectors(weights, DreamArtistSubject.negativeName, $0) }
  }

  private func vectors(_ weights: any WeightSource, _ name: String, _ word: WordTemplates) throws -> Tensor {
    let shape = [word.count, subject.model.text.tower.shape.width]
    return try weights.tensor(name, shape: shape, role: .vector, initial: .zeros)
  }

  /// The mean losses of the samples with these numbers; each is drawn from its number alone.
  private func losses(
    _ places: Range<Int>, stream: UInt64, _ weights: any WeightSource
  ) throws -> (latents: Tensor, pixels: Tensor?) {
    let (positive, negative) = (try positive(weights), try negative(weights))
    let networks = try subject.loras?.networks(weights)
    var (latents, pixels): (Tensor?, Tensor?)
    for start in stride(from: places.lowerBound, to: places.upperBound, by: subject.settings.samplesAtOnce) {
      let numbers = start..<min(places.upperBound, start + subject.settings.samplesAtOnce)
      try subject.checkCancellation()
      let draw = numbers.map { DrawnSample(subject, stream: stream, number: $0) }
      let templates = draw.map(\.template)
      let part = subject.loss(
        noisyPictures(draw), positive: subject.positive.states(templates, positive, by: networks?.positive.tower),
        negative: negative.flatMap { subject.negative?.states(templates, $0, by: networks?.negative.tower) },
        by: networks)
      let share = Float(numbers.count) / Float(places.count)
      latents = latents.map { $0 + part.latents * share } ?? part.latents * share
      if let own = part.pixels { pixels = pixels.map { $0 + own * share } ?? own * share }
    }
    return (latents ?? .zeros([]), pixels)
  }

  private func noisyPictures(_ draw: [DrawnSample]) -> NoisyPictures {
    let chosen = draw.map { subject.references[$0.reference] }
    func joined(_ parts: [Tensor]) -> Tensor { Tensor.concatenate(parts, axis: 0) }
    let hasAttention = chosen.contains { $0.attention != nil }
    return NoisyPictures(
      latents: joined(chosen.map(\.latents)), noise: joined(draw.map(\.noise)), timesteps: draw.map(\.timestep),
      attention: hasAttention ? joined(chosen.map(\.everyPlaceWeighted)) : nil,
      pictures: subject.settings.reconstruction > 0 ? joined(chosen.map(\.picture)) : nil)
  }
}

/// What is random in one sample.
private struct DrawnSample {
  let reference: Int
  let template: Int
  /// Uniform over all.
  let timestep: Int
  /// (1, h, w, C).
  let noise: Tensor

  init(_ subject: DreamArtistSubject, stream: UInt64, number: Int) {
    var random = SplitMix64(seed: subject.settings.seed, stream: stream, index: UInt64(number))
    reference = random.below(subject.references.count)
    template = random.below(subject.settings.templates.count)
    timestep = random.below(subject.loss.timestepCount)
    var source = TorchRandom(seed: Int(random.next() & 0x7FFF_FFFF))
    noise = source.latents([1] + subject.model.latentShape)
  }
}

extension ReferenceLatents {
  /// The weights, 1 where there are none.
  fileprivate var everyPlaceWeighted: Tensor {
    attention ?? Tensor(repeating: 1, shape: Array(latents.shape.dropLast()) + [1])
  }
}
