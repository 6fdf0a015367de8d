import Foundation
import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceNetworks
import NegativeSpaceRewards
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceWeights
import Testing

/// Inception v3 against torchvision and torch-fidelity, from pictures of another size to shares of classes.
///
/// Made with: python Tests/RewardsTests/Fixtures/make_inception.py
struct InceptionTests {
  /// The formula's weights with variances above 0 and convolutions that keep the variance behind a ReLU, as the script
  /// has them.
  private final class Positive: WeightSource {
    private let formula = FormulaWeights()
    func contains(_ name: String) -> Bool { true }

    func tensor(_ name: String, shape: [Int], role: WeightRole, initial: Initial) -> Tensor {
      let value = formula.tensor(name, shape: shape, role: role, initial: initial)
      if name.hasSuffix("running_var") { return value + 1 }
      return shape.count == 4 ? value * Float(2).squareRoot() : value
    }
  }

  @Test(arguments: [("tensorflow", InceptionV3.Origin.tensorFlow), ("torchvision", .torchvision)])
  func featuresAndSharesAreTheReferences(_ name: String, _ origin: InceptionV3.Origin) throws {
    let fixtures = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
    let file = try FixtureFile(fixtures.appending(path: "inception.safetensors"))
    let classifier = try InceptionClassifier(InceptionV3(origin, WeightScope(Positive())), origin)
    let pictures = try file.tensor("pictures")
    let seen = withoutGradients { classifier(pictures) }
    let features = try #require(seen.features)
    #expect(relativeDistance(features, try file.tensor("\(name).features")) <= 1e-5)
    #expect(relativeDistance(seen.shares, try file.tensor("\(name).shares")) <= 1e-5)
  }

  /// A file of another network is refused by its last layer before anything is built.
  @Test func otherFilesAreRefused() throws {
    let folder = try TemporaryFolder()
    for head in [nil, [10, 2048]] as [[Int]?] {
      let path = folder.path("other.safetensors")
      var tensors = ["other.weight": Tensor.zeros([1])]
      tensors["fc.weight"] = head.map { .zeros($0) }
      try TensorFile(tensors).write(to: path)
      #expect(throws: RewardError.notInception(path: path, head: head)) { try InceptionClassifier(path: path) }
    }
  }

  @Test func namesTellClassifiersApart() throws {
    #expect(try ClassifierName(parsing: "inception=v3.pth") == .inception(path: "inception=v3.pth"))
    let clip = try ClassifierName(parsing: "clipscore=clip", classes: ["a", "b"])
    #expect(clip == .reward(RewardName(.clipScore, path: "clip"), classes: ["a", "b"]))
    for (text, classes) in [("clipscore=clip", ["a"]), ("sharpness", ["a", "b"]), ("v3.pth", ["a", "b"])] {
      #expect(throws: RewardError.self) { try ClassifierName(parsing: text, classes: classes) }
    }
  }
}
