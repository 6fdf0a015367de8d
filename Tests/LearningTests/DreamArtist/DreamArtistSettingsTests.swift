import NegativeSpaceMedia
import NegativeSpacePipelines
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import Testing

@testable import NegativeSpaceLearning

/// What can be asked for, and what is refused with which words.
@Suite struct DreamArtistSettingsTests {
  @Test(arguments: [
    ("3", 0, Float(3)), ("3", 999, 3), ("1.5-3", 0, 1.5), ("1.5-3", 999, 3), ("3-1.5", 999, 1.5),
    ("1-4:cos", 0, 1), ("1-4:cos", 333, 2.5), ("1-4:cos", 999, 4), ("1-4:cos2", 666, 2.5), ("1-4:ln", 333, 2),
  ])
  func `Guidance is a number or a range over the timesteps`(text: String, timestep: Int, expected: Float) throws {
    let guidance = try DreamArtistGuidance(parsing: text)
    #expect(abs(guidance(timestep, of: 1000) - expected) < 1e-5)
    #expect(try DreamArtistGuidance(parsing: "\(guidance)") == guidance)
  }

  @Test(arguments: ["", "x", "1-", "-3", "1-2-3", "3:cos", "1-3:sin", "inf", "nan-3", "1-3:"])
  func `No other guidance is read`(text: String) {
    #expect(throws: LearningError.self) { try DreamArtistGuidance(parsing: text) }
  }

  static let refused: [(String, @Sendable (inout DreamArtistSettings) -> Void)] = [
    ("guidance is 1; expected above 1", { $0.guidance = DreamArtistGuidance(1) }),
    ("guidance is 0.5-3; expected above 1", { $0.guidance = DreamArtistGuidance(from: 0.5, to: 3) }),
    ("positiveVectors is 0; expected at least 1", { $0.positiveVectors = 0 }),
    ("negativeVectors is -1; expected 0 to 1024", { $0.negativeVectors = -1 }),
    (
      "positiveVectors is 17; expected at most 16, since the template \"red {} on\" has 2 tokens of its own and a prompt 18 places",
      { $0.positiveVectors = 17 }
    ),
    ("negativeVectors is 17; expected at most 16", { $0.negativeVectors = 17 }),
    ("initialWords is \"red on red on\" of 4 tokens; expected 1 to 3", { $0.initialWords = "red on red on" }),
    ("initialWords is \"\" of 0 tokens; expected 1 to 3", { $0.initialWords = "" }),
    ("templates is \"red\"; expected {} once", { $0.templates = ["red"] }),
    ("templates is \"{} {}\"; expected {} once", { $0.templates = ["{} {}"] }),
    ("templates is empty; expected at least one", { $0.templates = [] }),
    ("reconstruction is -1.0; expected a number that is not negative", { $0.reconstruction = -1 }),
    ("averageDecay is 1.0; expected a number from 0 to below 1", { $0.averageDecay = 1 }),
    ("gradientNorm is 0.0; expected a number above 0", { $0.gradientNorm = 0 }),
    ("clipSkip is 3; expected 1 to 2", { $0.clipSkip = 3 }),
  ]

  @Test(arguments: refused.indices) func `A setting that cannot be followed is refused`(_ index: Int) throws {
    let (words, change) = Self.refused[index]
    var settings = DreamArtistSettings()
    settings.templates = ["red {} on"]
    change(&settings)
    let model = try TinyModel.made()
    let error = #expect(throws: LearningError.self) {
      try DreamArtistSubject(model, pictures: [TinyModel.picture()], token: "<a>", settings: settings).start()
    }
    #expect(error?.description.hasPrefix(words) == true, "\(error?.description ?? "nothing")")
  }

  @Test(arguments: [
    ("background", "that the vocabulary does not have as one token already, such as <background>"),
    ("", "without blanks"), ("a b", "without blanks"), ("{}", "without blanks"), ("a\u{7}", "without blanks"),
  ])
  func `A word that means something already is refused, or one that no prompt can name`(token: String, words: String)
    throws
  {
    let model = try TinyModel.made()
    let error = #expect(throws: LearningError.self) {
      try DreamArtistSubject(model, pictures: [TinyModel.picture()], token: token, settings: Self.small)
    }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "nothing")")
  }

  static var small: DreamArtistSettings {
    var settings = DreamArtistSettings()
    (settings.templates, settings.batch) = (["red {} on", "z {}"], 2)
    return settings
  }

  @Test func `The middle of a picture is learned from, and that is said`() throws {
    let wide = try Frame(width: 4, height: 2, pixels: (0..<24).map { UInt8($0 * 10) })
    let reference = ReferencePicture(wide, name: "wide.png")
    // Columns 1 and 2 of both rows.
    let bytes: [Float] = [30, 40, 50, 60, 70, 80, 150, 160, 170, 180, 190, 200]
    let fitted = reference.fitted(width: 2, height: 2)
    #expect(relativeDistance(fitted, Tensor(bytes.map { 2 * $0 / 255 - 1 }, shape: [1, 2, 2, 3])) < 1e-6)
    #expect(
      reference.note(width: 2, height: 2) == "wide.png is 4×2: it is resized, and its middle of 2×2 is learned from.")
    #expect(reference.note(width: 8, height: 4) == "wide.png is 4×2: it is resized to 8×4.")
    #expect(reference.note(width: 4, height: 2) == nil)
  }

  @Test func `A grey picture says what counts`() throws {
    #expect([0, 127, 255].map { ReferencePicture.weight($0) } == [0, 1, 5])
    func grey(_ width: Int, _ height: Int, _ value: UInt8) throws -> Frame {
      try Frame(width: width, height: height, pixels: [UInt8](repeating: value, count: width * height * 3))
    }
    let reference = ReferencePicture(try grey(16, 16, 0), attention: try grey(16, 16, 255), name: "a.png")
    #expect(try reference.weights(width: 16, height: 16, factor: 2)?.floats == [Float](repeating: 5, count: 64))
    let black = ReferencePicture(try grey(16, 16, 0), attention: try grey(16, 16, 0), name: "a.png")
    #expect(throws: LearningError.self) { try black.requireAttention() }
    try reference.requireAttention()
    let other = ReferencePicture(try grey(16, 16, 0), attention: try grey(16, 8, 255), name: "a.png")
    let error = #expect(throws: LearningError.self) { try other.weights(width: 16, height: 16, factor: 2) }
    #expect(error?.description == "attention is 16×8; expected 16×16, the size of a.png.")
  }

  @Test(arguments: [
    ("<it>", "it.safetensors"), ("<it>-neg", "it-neg.safetensors"), ("../x", "x.safetensors"),
    ("<>", "word.safetensors"),
    ("Über_2.1", "Über_2.1.safetensors"),
  ])
  func `A word's file is called like it`(token: String, name: String) {
    #expect(LearnedWords.fileName(of: token) == name)
  }
}
