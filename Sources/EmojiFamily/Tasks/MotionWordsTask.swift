package import NegativeSpaceEmojiWorld
import NegativeSpaceKernels
import NegativeSpaceLayers
package import NegativeSpaceNetworks
package import NegativeSpaceTensors
package import NegativeSpaceText
package import NegativeSpaceTraining

/// Gives the words that stand in captions of clips alone, above all those of motions, a meaning that a denoiser can
/// read.
///
/// CLIP learns from pictures, whose captions name no motion: its states hardly say which one a text asks for. Here the
/// vectors of these words alone are learned, so that motion, concept and background can be told from the states behind
/// the text. All other texts keep their states to the last bit, and with them what an image model has learned.
package struct MotionWordsTask: LongValidation {
  /// (words, width): the vectors.
  package static let parameter = "words.weight"

  private let encoder: CLIPTextModel
  private let tokenizer: CLIPTokenizer
  /// The ids of the words, and all vectors of the vocabulary: (vocabulary, width), in the encoder's type.
  private let words: [Int]
  private let table: Tensor
  private let train: Dataset
  private let held: Dataset
  private let batch: Int
  private let classes: JudgeClasses
  var isCancelled: @Sendable () -> Bool = { false }

  package init(
    _ encoder: CLIPTextModel, tokenizer: CLIPTokenizer, words: [Int], table: Tensor, train: Dataset, held: Dataset,
    batch: Int
  ) {
    (self.encoder, self.tokenizer, self.words, self.table) = (encoder, tokenizer, words, table)
    (self.train, self.held, self.batch) = (train, held, batch)
    classes = JudgeClasses(concepts: train.concepts)
  }

  /// Ids of the tokens that the first `count` captions of clips have and those of pictures lack, ascending.
  package static func words(of dataset: Dataset, _ tokenizer: CLIPTokenizer, count: Int = 20_000) -> [Int] {
    func tokens(_ medium: SceneDirector.Medium) -> Set<Int> {
      Set((0..<count).flatMap { tokenizer.encode(dataset.take(medium, at: $0).caption).ids })
    }
    return tokens(.clip).subtracting(tokens(.picture)).sorted()
  }

  /// The vocabulary's vectors (vocabulary, width) with those of `words` exchanged.
  static func table(_ table: Tensor, with vectors: Tensor, for words: [Int]) -> Tensor {
    let places = Dictionary(uniqueKeysWithValues: zip(words, table.size(0)...))
    return Tensor.concatenate([table, vectors], axis: 0).rows((0..<table.size(0)).map { places[$0] ?? $0 })
  }

  package func loss(step: Int, shard: Shard, weights: StepWeights) throws -> (loss: Tensor, figures: [Figure]) {
    let seen = try look(at: train, shard.samples(step: step, batch: batch), WeightScope(weights))
    let losses = zip(seen.logits, seen.targets).map { Losses.crossEntropy($0, $1) }
    return (losses.dropFirst().reduce(losses[0], +), figures(seen))
  }

  package func validate(step: Int, weights: SnapshotWeights) throws -> [Figure] {
    var parts: [Seen] = []
    for start in stride(from: 0, to: 512, by: 64) {
      if isCancelled() { throw CancellationError() }
      parts.append(try look(at: held, start..<(start + 64), WeightScope(weights)))
    }
    return figures(
      Seen(
        logits: parts[0].logits.indices.map { head in Tensor.concatenate(parts.map { $0.logits[head] }, axis: 0) },
        targets: parts[0].targets.indices.map { head in parts.flatMap { $0.targets[head] } }))
  }

  package func writeSamples(step: Int, weights: SnapshotWeights, folder: String) throws {}

  // MARK: Inside

  private typealias Seen = (logits: [Tensor], targets: [[Int]])

  private func figures(_ seen: Seen) -> [Figure] {
    zip(["motion", "concept", "background"], zip(seen.logits, seen.targets)).map {
      Figure("\($0) accuracy", Losses.accuracy($1.0, $1.1))
    }
  }

  /// Logits of motion, concept and background from the state at a text's end and from the last of the filling behind
  /// it.
  private func look(at dataset: Dataset, _ places: Range<Int>, _ weights: WeightScope) throws -> Seen {
    let takes = places.map { dataset.take(.clip, at: $0) }
    let states = try states(of: takes.map(\.caption), weights)
    let targets = takes.map { target(of: $0.named) }
    let counts = [Motion.allCases.count, classes.concepts.count, Background.all.count]
    let logits = try counts.enumerated().map { head, count in
      try Linear(weights["heads"][head], from: states.size(1), to: count)(states).cast(to: .float32)
    }
    return (logits, (0..<counts.count).map { head in (targets + targets).map { $0[head] } })
  }

  /// Class numbers; -1 for what a caption leaves open.
  private func target(of named: CaptionAttributes) -> [Int] {
    [
      named.motion.flatMap { Motion.allCases.firstIndex(of: $0) } ?? -1, named.concept.map(classes.concept) ?? -1,
      named.background.map(classes.background) ?? -1,
    ]
  }

  /// (2 · captions, width): the states at the ends, then those of the last positions.
  private func states(of captions: [String], _ weights: WeightScope) throws -> Tensor {
    let vectors = try weights.tensor(
      Self.parameter, shape: [words.count, table.size(1)], role: .vector, initial: .zeros)
    let all = Tensor.concatenate([table, vectors.cast(to: table.dtype)], axis: 0)
    let places = Dictionary(uniqueKeysWithValues: zip(words, table.size(0)...))
    let length = encoder.configuration.maxPositionEmbeddings
    let tokens = captions.map { tokenizer.encode($0, length: length).ids }
    let embedded = all.rows(tokens.flatMap { $0.map { places[$0] ?? $0 } }).reshaped([tokens.count, length, -1])
    let states = encoder.encode(embedded: embedded, of: nil, skippingLast: 0).states.reshaped([
      tokens.count * length, -1,
    ])
    let ends = tokens.enumerated().map { row, ids in
      row * length + (ids.firstIndex(of: tokenizer.end) ?? length - 1)
    }
    return states.rows(ends + tokens.indices.map { $0 * length + length - 1 })
  }
}
