package import NegativeSpaceTensors

/// Decides what happens in a sample: the scene, the damage, and what the caption says of them.
///
/// Draws nothing.
package struct SceneDirector: Sendable {
  package enum Medium: UInt64, Sendable {
    case picture = 1
    case clip = 2
  }

  /// One decided sample.
  package struct Take: Sendable {
    package var scene: Scene
    package var damage: Damage?
    /// Attributes that the caption names.
    package var named: CaptionAttributes
    package var caption: String
  }

  let concepts: [Concept]
  let split: Split
  /// For each concept, the backgrounds it can be seen on.
  private let backgrounds: [Backgrounds]

  private struct Backgrounds: Sendable {
    var plains = Background.plains
    var gradients = Background.gradients

    /// Those that show a concept; all where none would be left of a kind.
    init(showing isShown: (Background) -> Bool) {
      (plains, gradients) = (plains.filter(isShown), gradients.filter(isShown))
      if plains.isEmpty || gradients.isEmpty { (plains, gradients) = (Background.plains, Background.gradients) }
    }
  }

  /// With sprites, backgrounds that would hide half of the concept are left out (a white swan on white).
  package init(concepts: [Concept], sprites: [Sprite]? = nil, split: Split) {
    self.concepts = concepts
    self.split = split
    backgrounds = concepts.indices.map { index in
      Backgrounds { background in sprites?[index].isSeen(on: background) ?? true }
    }
  }

  /// The director of the first concepts without their sprites, by what is known of them: for the same prompts.
  package init(conceptCount: Int, split: Split) {
    concepts = Array(Concept.all.prefix(conceptCount))
    self.split = split
    backgrounds = concepts.map { concept in
      let hiding = Concept.hidingBackgrounds[concept.name] ?? []
      return Backgrounds { !hiding.contains($0.name) }
    }
  }

  package func take(_ medium: Medium, damagedFraction: Float, using random: inout SplitMix64) -> Take {
    let scene = scene(medium, using: &random)
    let damage = random.chance(damagedFraction) ? Damage(using: &random) : nil
    let named = named(scene, damage, using: &random)
    let caption = CaptionWriter(named, isVideo: medium == .clip).caption(using: &random)
    return Take(scene: scene, damage: damage, named: named, caption: caption)
  }

  private func scene(_ medium: Medium, using random: inout SplitMix64) -> Scene {
    // A combination of the right split turns up after ten tries on average; five hundred failures mean there is none.
    var subject = subject(medium, using: &random)
    for _ in 0..<500
    where !split.allows(concept: subject.concept, background: subject.background, motion: subject.motion) {
      subject = self.subject(medium, using: &random)
    }
    let positions = subject.motion?.positions ?? ScenePosition.allCases
    subject.position =
      random.chance(medium == .clip ? 0.7 : 0.5) ? .center : random.pick(positions)
    // Off the centre a large emoji would hardly be off it.
    let large: Float = subject.position == .center ? 0.35 : 0
    subject.size = SceneSize.allCases[random.pick(weights: [0.25, 0.4, large])]
    subject.jitter = Scene.Jitter(using: &random)
    return subject
  }

  private func subject(_ medium: Medium, using random: inout SplitMix64) -> Scene {
    subject(random.below(concepts.count), medium, using: &random)
  }

  func subject(_ index: Int, _ medium: Medium, using random: inout SplitMix64) -> Scene {
    let choice = backgrounds[index]
    return Scene(
      concept: concepts[index],
      background: random.pick(random.chance(0.25) ? choice.gradients : choice.plains),
      motion: medium == .clip ? random.pick(Motion.allCases) : nil)
  }

  /// The attributes that the caption names; the others stay free.
  private func named(_ scene: Scene, _ damage: Damage?, using random: inout SplitMix64) -> CaptionAttributes {
    var named = CaptionAttributes(concept: scene.concept)
    if random.chance(0.85) { named.background = scene.background }
    // A size that changes has no name.
    let resizes = scene.motion == .growing || scene.motion == .shrinking
    if !resizes, random.chance(scene.size == .medium ? 0.1 : 0.4) { named.size = scene.size }
    if random.chance(scene.position == .center ? 0.08 : 0.5) { named.position = scene.position }
    if let motion = scene.motion, random.chance(motion == .still ? 0.6 : 0.9) { named.motion = motion }
    if let damage {
      // Half of the damages are named, some of these only as low quality.
      if random.chance(0.5) {
        let kind = random.pick(weights: [0.55, 0.25, 0.2])
        if kind <= 1 { named.damage = damage.kind }
        if kind >= 1 { named.quality = .low }
      }
    } else if random.chance(0.15) {
      named.quality = .high
    }
    return named
  }
}
