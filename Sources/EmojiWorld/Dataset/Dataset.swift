import NegativeSpaceTensors

/// The rendered training data: picture or clip number `index` is a pure function of the seed, the split and the index.
///
/// Nothing is stored but the sprites, so any number of samples can be asked for, in any order, from any thread.
package struct Dataset: Sendable {
  package let split: Split
  package let seed: UInt64
  package let concepts: [Concept]
  /// Pixels of an edge.
  package let side: Int
  /// The share of samples that is damaged, 0…1.
  package let damagedFraction: Float
  private let sprites: [Concept: Sprite]
  private let director: SceneDirector

  /// One picture with all that is known of it.
  package struct Sample: Sendable {
    package let canvas: Canvas
    package let caption: String
    /// Attributes that the caption names; `scene` and `damage` may hold more.
    package let named: CaptionAttributes
    package let scene: Scene
    package let damage: Damage?
  }

  /// One clip with all that is known of it.
  package struct Clip: Sendable {
    package let frames: [Canvas]
    package let caption: String
    package let named: CaptionAttributes
    package let scene: Scene
    package let damage: Damage?
  }

  package init(
    _ sheet: SpriteSheet, split: Split, seed: UInt64 = 0, conceptCount: Int = 100, side: Int = 128,
    damagedFraction: Float = 0.35
  ) throws(EmojiWorldError) {
    guard (1...max(1, sheet.concepts.count)).contains(conceptCount), !sheet.concepts.isEmpty else {
      throw .tooFewConcepts(asked: conceptCount, have: sheet.concepts.count)
    }
    precondition(side > 0, "dataset: side \(side)")
    concepts = Array(sheet.concepts.prefix(conceptCount))
    sprites = Dictionary(zip(sheet.concepts, sheet.sprites).prefix(conceptCount)) { first, _ in first }
    director = SceneDirector(concepts: concepts, sprites: Array(sheet.sprites.prefix(conceptCount)), split: split)
    self.split = split
    self.seed = seed
    self.side = side
    self.damagedFraction = damagedFraction
  }

  package func image(at index: Int) -> Sample {
    let take = take(.picture, at: index)
    let frames = render(take, frames: 1)
    return Sample(
      canvas: frames[0], caption: take.caption, named: take.named, scene: take.scene, damage: take.damage)
  }

  /// The same picture without its damage.
  package func undamaged(at index: Int) -> Canvas {
    var take = take(.picture, at: index)
    take.damage = nil
    return render(take, frames: 1)[0]
  }

  package func clip(at index: Int, frames: Int) -> Clip {
    precondition(frames > 0, "clip of \(frames) frames")
    let take = take(.clip, at: index)
    return Clip(
      frames: render(take, frames: frames), caption: take.caption, named: take.named, scene: take.scene,
      damage: take.damage)
  }

  /// The scene and the caption alone, without drawing.
  package func take(_ medium: SceneDirector.Medium, at index: Int) -> SceneDirector.Take {
    var random = SplitMix64(
      seed: seed, stream: split.rawValue << 8 | medium.rawValue, index: UInt64(bitPattern: Int64(index)))
    return director.take(medium, damagedFraction: damagedFraction, using: &random)
  }

  /// Prompts of the split's combinations to judge a trained model by, independent of the samples.
  package func prompts(_ medium: SceneDirector.Medium, count: Int) -> [SceneDirector.Prompt] {
    director.prompts(medium, count: count, seed: seed)
  }

  private func render(_ take: SceneDirector.Take, frames: Int) -> [Canvas] {
    guard let sprite = sprites[take.scene.concept] else { return [] }
    let clean = take.scene.render(sprite, frames: frames, side: side)
    guard let damage = take.damage else { return clean }
    return clean.enumerated().map { damage.applied(to: $1, frame: $0) }
  }
}
