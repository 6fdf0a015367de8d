import NegativeSpaceEmojiWorld
import NegativeSpaceTensors
import Testing

@Suite("Captions")
struct CaptionTests {
  private let reader = CaptionReader()

  @Test(
    "Typical captions say what they seem to say",
    arguments: [
      ("a red apple on a yellow background", "red apple", "yellow", nil, nil, nil),
      ("red apple, yellow background", "red apple", "yellow", nil, nil, nil),
      ("A small dog face on the left, blue background.", "dog face", "blue", .left, nil, nil),
      ("a rocket moving to the left across a white background", "rocket", "white", nil, .left, nil),
      (
        "a video of jeans getting bigger on a red to yellow gradient background", "jeans", "red to yellow gradient",
        nil, .growing, nil
      ),
      ("a washed out picture of a red heart, low quality", "red heart", nil, nil, nil, .washedOut),
      (
        "sunset gradient background with a jack-o-lantern bouncing up and down", "jack-o-lantern", "sunset gradient",
        nil, .bouncing, nil
      ),
    ] as [(String, String, String?, ScenePosition?, Motion?, DamageKind?)])
  func reading(
    caption: String, concept: String, background: String?, position: ScenePosition?, motion: Motion?,
    damage: DamageKind?
  ) {
    let reading = reader.read(caption)
    #expect(reading.attributes.concept?.name == concept)
    #expect(reading.attributes.background?.name == background)
    #expect(reading.attributes.position == position)
    #expect(reading.attributes.motion == motion)
    #expect(reading.attributes.damage == damage)
    #expect(reading.unknown == [])
  }

  @Test("Words outside the grammar are reported")
  func unknown() {
    let reading = reader.read("a red dragon eating a red apple")
    #expect(reading.unknown == ["red", "dragon", "eating"])
    #expect(reading.attributes == CaptionAttributes(concept: Concept.named("red apple")))
    #expect(reader.read("") == CaptionReader.Reading())
  }

  @Test("Reading inverts writing", arguments: [SceneDirector.Medium.picture, .clip])
  func inverse(medium: SceneDirector.Medium) {
    let director = SceneDirector(concepts: Concept.all, split: .train)
    for index in 0..<5000 {
      var random = SplitMix64(seed: 11, stream: 0, index: UInt64(index))
      let take = director.take(medium, damagedFraction: 0.5, using: &random)
      let reading = reader.read(take.caption)
      #expect(reading.attributes == take.named && reading.unknown == [], "\(take.caption)")
    }
  }

  @Test("Articles follow the sound of the next word")
  func articles() {
    let cases = [
      ("owl", "an owl"), ("unicorn", "a unicorn"), ("umbrella", "an umbrella"), ("grapes", "grapes"),
      ("robot", "a robot"),
    ]
    for (name, expected) in cases {
      let attributes = CaptionAttributes(concept: Concept.named(name))
      #expect(CaptionWriter(attributes, isVideo: false).plainest == expected)
    }
    let blue = CaptionAttributes(concept: Concept.named("owl"), background: .plain(.orange), size: .small, motion: .up)
    #expect(CaptionWriter(blue, isVideo: true).plainest == "a small owl moving up on an orange background")
  }

  @Test("A scene is described in many ways")
  func variation() {
    let attributes = CaptionAttributes(
      concept: Concept.named("fox"), background: .plain(.green), motion: .spinning, damage: .blurred)
    var random = SplitMix64(seed: 1)
    let captions = Set((0..<1000).map { _ in CaptionWriter(attributes, isVideo: true).caption(using: &random) })
    #expect(captions.count > 100)
    #expect(captions.contains("a fox spinning on a green background, blurry"))
  }

  @Test("The vocabulary has every word of the captions")
  func vocabulary() {
    let words = Set(CaptionVocabulary.words())
    let captions = CaptionVocabulary.captions(count: 4000, seed: 3, conceptCount: 120)
    let used = Set(captions.flatMap { $0.split { $0 == " " || $0 == "," }.map(String.init) })
    #expect(used.subtracting(words) == [])
    #expect(used.count > 200)
  }
}
