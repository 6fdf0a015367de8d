import Foundation
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceTraining
import Testing

@Suite struct RunFolderOnceTests {
  private let temporary: TemporaryFolder
  private static let shapes = ["value": [2]]

  init() throws { temporary = try TemporaryFolder() }

  /// What a run of `rate` is told the value is, and whether it had to be made.
  private func value(made: [Float], rate: Float = 0.1) throws -> (values: [Float], isMade: Bool) {
    var isMade = false
    let plan = TrainingPlan(
      folder: temporary.path("run"), steps: 1, learningRate: LearningRate(peak: rate, warmup: 0, total: 1))
    let folder = try RunFolder(plan, derived: ["before.safetensors"])
    let kept = try folder.once("before.safetensors", shapes: Self.shapes) {
      isMade = true
      return ["value": Tensor(made, shape: [2])]
    }
    return (try #require(kept["value"]).floats, isMade)
  }

  @Test func aRunThatGoesOnDoesNotMakeItAgain() throws {
    #expect(try value(made: [0.1, .pi]).isMade)
    let again = try value(made: [7, 8])
    #expect(again.values == [0.1, .pi])
    #expect(!again.isMade)
  }

  @Test func otherSettingsMakeTheirOwn() throws {
    _ = try value(made: [1, 2])
    #expect(try value(made: [3, 4], rate: 0.2).values == [3, 4])
  }

  @Test(arguments: ["no tensors", ""])
  func aFileThatCannotBeReadIsMadeAgain(text: String) throws {
    _ = try value(made: [1, 2])
    try Data(text.utf8).write(to: URL(fileURLWithPath: temporary.path("run/before.safetensors")))
    #expect(try value(made: [3, 4]).values == [3, 4])
    #expect(try value(made: [5, 6]).values == [3, 4])
  }

  @Test func aFailureLeavesNothing() throws {
    struct Failure: Error {}
    let folder = try RunFolder(
      TrainingPlan(
        folder: temporary.path("run"), steps: 1, learningRate: LearningRate(peak: 0.1, warmup: 0, total: 1)))
    #expect(throws: Failure.self) { try folder.once("before.safetensors", shapes: Self.shapes) { throw Failure() } }
    #expect(!FileManager.default.fileExists(atPath: temporary.path("run/before.safetensors")))
  }
}
