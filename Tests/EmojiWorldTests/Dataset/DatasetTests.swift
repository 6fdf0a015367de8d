import Foundation
import NegativeSpaceEmojiWorld
import Testing

@Suite("Dataset")
struct DatasetTests {
  private let sheet = SyntheticWorld.sheet

  private func world(_ split: Split, seed: UInt64 = 0, damaged: Float = 0.35) throws -> Dataset {
    try Dataset(sheet, split: split, seed: seed, conceptCount: 5, side: 64, damagedFraction: damaged)
  }

  @Test("A sample depends on seed, split and index only, whatever was asked for before, on any thread")
  func pure() async throws {
    let dataset = try world(.train)
    let forward = (0..<24).map { dataset.image(at: $0).canvas }
    let parallel = await withTaskGroup(of: (Int, Canvas).self) { group in
      for index in (0..<24).reversed() { group.addTask { (index, dataset.image(at: index).canvas) } }
      return await group.reduce(into: [Int: Canvas]()) { $0[$1.0] = $1.1 }
    }
    for index in 0..<24 { #expect(parallel[index] == forward[index]) }
    #expect(try world(.train, seed: 1).image(at: 0).canvas != forward[0])
    #expect(try world(.validation).image(at: 0).canvas != forward[0])
    #expect(dataset.clip(at: 7, frames: 8).frames == dataset.clip(at: 7, frames: 8).frames)
  }

  @Test("The test split has exactly the combinations that the others never show")
  func heldOut() throws {
    for split in Split.allCases {
      let dataset = try world(split)
      for index in 0..<400 {
        for medium in [SceneDirector.Medium.picture, .clip] {
          let scene = dataset.take(medium, at: index).scene
          let heldOut = Split.isHeldOut(
            concept: scene.concept, background: scene.background, motion: scene.motion)
          #expect(heldOut == (split == .test))
        }
      }
    }
  }

  @Test("About one combination in ten is held out, of pictures and of every motion")
  func heldOutShare() {
    for motion in Motion.allCases.map(Optional.some) + [nil] {
      var count = 0
      for concept in Concept.all {
        for background in Background.all
        where Split.isHeldOut(concept: concept, background: background, motion: motion) { count += 1 }
      }
      let share = Double(count) / Double(Concept.all.count * Background.all.count)
      #expect(abs(share - 0.1) < 0.02)
    }
  }

  @Test("The damaged share is the one asked for, and half of the damages are named")
  func damaged() throws {
    let dataset = try world(.train)
    let takes = (0..<4000).map { dataset.take(.picture, at: $0) }
    let damaged = takes.filter { $0.damage != nil }
    #expect(abs(Double(damaged.count) / 4000 - 0.35) < 0.03)
    let named = damaged.filter { $0.named.damage != nil || $0.named.quality == .low }
    #expect(abs(Double(named.count) / Double(damaged.count) - 0.5) < 0.05)
    for take in takes {
      #expect(take.named.damage == nil || take.named.damage == take.damage?.kind)
      #expect(take.named.quality != .high || take.damage == nil)
    }
    let clean = try world(.train, damaged: 0)
    #expect((0..<200).allSatisfy { clean.take(.clip, at: $0).damage == nil })
  }

  @Test("What a caption names is what the scene shows")
  func named() throws {
    let dataset = try world(.train)
    for index in 0..<500 {
      let take = dataset.take(.clip, at: index)
      #expect(take.named.concept == take.scene.concept)
      #expect([nil, take.scene.background].contains(take.named.background))
      #expect([nil, take.scene.size].contains(take.named.size))
      #expect([nil, take.scene.position].contains(take.named.position))
      #expect([nil, take.scene.motion].contains(take.named.motion))
    }
  }

  @Test("Clips have the frames asked for, pictures and clips the side")
  func shapes() throws {
    let dataset = try world(.validation)
    #expect(dataset.clip(at: 3, frames: 11).frames.count == 11)
    #expect(dataset.clip(at: 3, frames: 11).frames.allSatisfy { $0.width == 64 && $0.height == 64 })
    #expect(dataset.image(at: 3).canvas.values.count == 64 * 64 * 3)
  }

  @Test("A white sprite is not shown on white")
  func contrast() throws {
    let swan = SpriteSheet(concepts: [Concept.all[0]], sprites: [Sprite { _ in SIMD4(1, 1, 1, 1) }])
    let dataset = try Dataset(swan, split: .train, conceptCount: 1)
    for index in 0..<300 {
      let background = dataset.take(.picture, at: index).scene.background
      #expect(background.top != .white && background.bottom != .white)
    }
  }

  @Test("Prompts are plain, of held-out combinations, and take turns among the concepts")
  func prompts() throws {
    let prompts = try world(.test).prompts(.clip, count: 20)
    #expect(prompts.count == 20)
    for (index, prompt) in prompts.enumerated() {
      let asked = CaptionReader().read(prompt.text).attributes
      #expect(asked == prompt.asked)
      #expect(asked.concept == sheet.concepts[index % 5])
      let background = try #require(asked.background)
      #expect(Split.isHeldOut(concept: sheet.concepts[index % 5], background: background, motion: asked.motion))
    }
  }

  @Test("More concepts than there are is an error that says how many there are")
  func tooMany() {
    #expect(throws: EmojiWorldError.tooFewConcepts(asked: 6, have: 5)) {
      try Dataset(sheet, split: .train, conceptCount: 6)
    }
    #expect(throws: EmojiWorldError.tooFewConcepts(asked: 0, have: 5)) {
      try Dataset(sheet, split: .train, conceptCount: 0)
    }
  }

  @Test("A clip played backwards has the caption of the opposite motion, unless that is held out or has no word")
  func backwards() throws {
    let dataset = try world(.train)
    let reader = CaptionReader(concepts: dataset.concepts)
    var captioned = 0
    for index in 0..<400 {
      let take = dataset.take(.clip, at: index)
      let opposite = take.scene.motion?.backwards
      let isShown = opposite.map {
        !Split.isHeldOut(concept: take.scene.concept, background: take.scene.background, motion: $0)
      }
      guard let caption = dataset.backwardsCaption(at: index) else {
        #expect(isShown != true)
        continue
      }
      captioned += 1
      let said = reader.read(caption).attributes
      #expect(isShown == true)
      #expect(said.motion == (take.named.motion == nil ? nil : opposite))
      #expect(said.concept == take.named.concept && said.background == take.named.background)
      // The caption is true: frames in the opposite order are those of the opposite motion.
      var reversed = take.scene
      reversed.motion = opposite
      for frame in 0..<8 {
        let (one, other) = (take.scene.placement(frame: frame, of: 8), reversed.placement(frame: 7 - frame, of: 8))
        let distance = one.center - other.center
        #expect((distance * distance).sum() < 1e-9 && abs(one.size - other.size) < 1e-5 && one.angle == other.angle)
      }
    }
    #expect(captioned > 250)
  }
}
