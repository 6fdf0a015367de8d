import Foundation
import NegativeSpaceMedia
import NegativeSpacePipelines
import NegativeSpaceRewards
import NegativeSpaceSampling
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceTraining
import Testing

@testable import NegativeSpaceLearning

/// Pairs measured on the image model that ships.
@Suite struct PairMeasuringTests {
  private static let models = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../Models").standardized.path
  private static let prompts = ["a red apple", "a blue rocket"]
  private static let lines = [
    "dark", "washed out", "dark", "", "a blue rocket\tan ocean gradient background",
  ]
  private static let candidates = (try? NegativeCandidates(lines: lines)) ?? NegativeCandidates(common: [])

  @Test func `Candidates of other prompts are told, and lines that are neither kind are refused`() throws {
    #expect(Self.candidates.common == ["dark", "washed out"])
    #expect(Self.candidates.own == ["a blue rocket": ["an ocean gradient background"]])
    #expect(Self.candidates.strangers(to: ["a red apple"]) == ["a blue rocket"])
    #expect(Self.candidates.strangers(to: Self.prompts).isEmpty)
    for line in ["a red apple\tdark\tgrey", "\tdark", "a red apple\t"] {
      let error = #expect(throws: LearningError.self) { try NegativeCandidates(lines: [line]) }
      #expect("\(try #require(error))".contains("<tab>"))
    }
  }

  private func measuring(
    _ reward: RewardName = RewardName(.colourfulness), _ change: (inout PairMeasuring.Settings) -> Void = { _ in }
  ) throws -> PairMeasuring {
    var settings = PairMeasuring.Settings()
    (settings.pictures, settings.checkPictures, settings.kept, settings.samplingSteps) = (1, 2, 1, 2)
    settings.guidanceScale = 5
    change(&settings)
    let model = try DiffusionModel(path: Self.models + "/emoji-image", dtype: .float32)
    return try PairMeasuring(model: model, rewards: [reward], settings: settings)
  }

  private func measured(
    _ measuring: PairMeasuring, in folder: String, stopAfter: Int = .max
  ) throws -> [[PairMeasuring.Pair]] {
    var pairs: [[PairMeasuring.Pair]] = []
    let limit = Limit(steps: stopAfter)
    do {
      try measuring.measure(
        Self.prompts, Self.candidates, in: folder,
        measured: {
          pairs.append($0)
          limit.count()
        }, isCancelled: { limit.isReached })
    } catch is CancellationError {}
    return pairs
  }

  @Test func `Candidates of one prompt are tried with it alone, and each once`() throws {
    let folder = try TemporaryFolder()
    let pairs = try measured(measuring(), in: folder.path("run"))
    #expect(
      pairs.map { $0.map(\.negative) } == [
        ["dark", "washed out"], ["dark", "washed out", "an ocean gradient background"],
      ])
  }

  /// The gain is what pictures of the program itself have: with the negative against without, of the same seed.
  @Test func `Gains are those of pictures of the same seed`() throws {
    let folder = try TemporaryFolder()
    let found = try measured(measuring { $0.seed = 7 }, in: folder.path("run"))[0][0]
    let model = try DiffusionModel(path: Self.models + "/emoji-image", dtype: .float32)
    let reward = ColourfulnessReward()
    func score(_ negative: String) throws -> Float {
      var request = GenerationRequest(prompt: found.prompt)
      (request.negativePrompt, request.seed, request.steps) = (negative, .number(7), 2)
      (request.sampler, request.guidanceScale, request.eta) = (.ddim, 5, 0)
      var pictures: [Frame] = []
      _ = try model.generate(request) { pictures.append($0) }
      let picture = pictures[0].picture
      let floats = picture.floats(.unit)
      return reward(
        Tensor(floats, shape: [1, picture.height, picture.width, 3]), prompts: [found.prompt]
      ).item
    }
    #expect(abs(try score(found.negative) - score("") - found.firstGain) < 4e-3)
  }

  @Test func `Only the best are tried once more, and only what gains there is kept`() throws {
    let folder = try TemporaryFolder()
    let measuring = try measuring()
    for pairs in try measured(measuring, in: folder.path("run")) {
      let best = try #require(pairs.max { $0.firstGain < $1.firstGain })
      #expect(pairs.filter { $0.gain != nil }.map(\.negative) == (best.firstGain > 0 ? [best.negative] : []))
      for pair in pairs { #expect(measuring.isKept(pair) == ((pair.gain ?? -1) > 0)) }
    }
  }

  @Test func `A run that is cut off goes on to the same numbers, and not for another reward`() throws {
    let folder = try TemporaryFolder()
    let whole = try measured(measuring(), in: folder.path("whole"))
    #expect(try measured(measuring(), in: folder.path("cut"), stopAfter: 1).count == 1)
    #expect(try measured(measuring(), in: folder.path("cut")) == whole)
    #expect(throws: TrainingError.self) { try measured(measuring(RewardName(.sharpness)), in: folder.path("cut")) }
  }

  @Test func `What cannot be measured is refused`() {
    for change in [
      { $0.pictures = 0 }, { $0.kept = 0 }, { $0.guidanceScale = 1 }, { $0.leastGain = .nan },
    ] as [(inout PairMeasuring.Settings) -> Void] {
      #expect(throws: LearningError.self) { try measuring(RewardName(.colourfulness), change) }
    }
  }
}
