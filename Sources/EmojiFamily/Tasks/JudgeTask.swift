package import NegativeSpaceEmojiWorld
import NegativeSpaceLayers
package import NegativeSpaceTensors
package import NegativeSpaceTraining

/// Trains the judge on renderings of its own seed: concept, damage and background of a picture.
package struct JudgeTask: LongValidation {
  private let train: Dataset
  private let held: Dataset
  private let batch: Int
  package let classes: JudgeClasses
  var isCancelled: @Sendable () -> Bool = { false }

  package init(train: Dataset, held: Dataset, batch: Int) {
    (self.train, self.held, self.batch) = (train, held, batch)
    classes = JudgeClasses(concepts: train.concepts)
  }

  package func loss(step: Int, shard: Shard, weights: StepWeights) throws -> (loss: Tensor, figures: [Figure]) {
    let samples = PictureBatch.samples(train, shard.samples(step: step, batch: batch))
    let judge = try JudgeNetwork(WeightScope(weights), classes: classes.counts)
    let logits = judge(PictureBatch.tensor(samples.map(\.canvas)))
    let targets = samples.map { classes.targets($0.scene, $0.damage) }
    var total = Losses.crossEntropy(logits[0], targets.map { $0[0] })
    for head in 1..<logits.count { total = total + Losses.crossEntropy(logits[head], targets.map { $0[head] }) }
    return (total, [Figure("concept accuracy", Losses.accuracy(logits[0], targets.map { $0[0] }))])
  }

  package func validate(step: Int, weights: SnapshotWeights) throws -> [Figure] {
    let judge = try JudgeNetwork(WeightScope(weights), classes: classes.counts)
    var logits: [[Tensor]] = [[], [], []]
    var targets: [[Int]] = []
    for start in stride(from: 0, to: 512, by: 64) {
      if isCancelled() { throw CancellationError() }
      let samples = PictureBatch.samples(held, start..<(start + 64))
      for (head, value) in judge(PictureBatch.tensor(samples.map(\.canvas))).enumerated() { logits[head].append(value) }
      targets += samples.map { classes.targets($0.scene, $0.damage) }
    }
    return ["concept", "damage", "background"].enumerated().map { head, name in
      Figure(
        "\(name) accuracy",
        Losses.accuracy(Tensor.concatenate(logits[head], axis: 0), targets.map { $0[head] }))
    }
  }

  package func writeSamples(step: Int, weights: SnapshotWeights, folder: String) throws {}
}

/// The judge's class numbers.
package struct JudgeClasses: Sendable {
  package let concepts: [Concept]

  package init(concepts: [Concept]) { self.concepts = concepts }

  /// Concepts, damages with "none" first, backgrounds.
  package var counts: [Int] { [concepts.count, DamageKind.allCases.count + 1, Background.all.count] }

  func targets(_ scene: Scene, _ damage: Damage?) -> [Int] {
    [
      concept(scene.concept),
      Self.damage(damage),
      background(scene.background),
    ]
  }

  /// 0 is "none"; the quality reward numbers them alike.
  static func damage(_ damage: Damage?) -> Int {
    damage.flatMap { DamageKind.allCases.firstIndex(of: $0.kind) }.map { $0 + 1 } ?? 0
  }

  package func concept(_ concept: Concept) -> Int { concepts.firstIndex(of: concept) ?? -1 }
  package func background(_ background: Background) -> Int { Background.all.firstIndex(of: background) ?? -1 }
}
