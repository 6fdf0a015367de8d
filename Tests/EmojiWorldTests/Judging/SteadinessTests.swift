import NegativeSpaceEmojiWorld
import NegativeSpaceTensors
import Testing

@Suite("Boiling and grain")
struct SteadinessTests {
  private static func clip(_ motion: Motion, shape: Int = 3) -> [Canvas] {
    let scene = Scene(
      concept: SyntheticWorld.sheet.concepts[shape], background: .plain(.blue), size: .medium, motion: motion)
    return scene.render(SyntheticWorld.sheet.sprites[shape], frames: 16)
  }

  @Test("Motion alone is no boiling", arguments: Motion.allCases)
  func motionIsUndone(motion: Motion) throws {
    let steady = try #require(Boiling(Self.clip(motion))).value
    let boiling = try #require(
      Boiling(
        Self.clip(motion).enumerated().map {
          Damage(.distorted, strength: 0.5, seed: UInt64($0)).applied(to: $1)
        })
    ).value
    #expect(boiling > 3 * steady, "\(motion): \(steady) as rendered, \(boiling) with a shape that changes")
  }

  @Test("An empty clip does not boil")
  func empty() {
    #expect(Boiling([Canvas](repeating: Canvas(width: 64, height: 64, background: .plain(.green)), count: 8)) == nil)
  }

  @Test("Grain is the noise's deviation, and an emoji, a gradient or a shade are none")
  func grain() throws {
    let scene = Scene(
      concept: SyntheticWorld.sheet.concepts[3], background: Background.gradients[1], size: .medium)
    let clean = scene.render(SyntheticWorld.sheet.sprites[3])[0]
    #expect(try #require(BackgroundGrain(clean)).value < 0.2)
    var random = SplitMix64(seed: 5)
    let noisy = clean.noisy(deviation: 0.02, using: &random)
    #expect(abs(try #require(BackgroundGrain(noisy)).value - 5.1) < 0.4)
  }
}
