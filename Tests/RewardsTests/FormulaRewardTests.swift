import Foundation
import NegativeSpaceRewards
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import Testing

/// The scores that need no network, against NumPy in float64.
///
/// Made with: python Tests/RewardsTests/Fixtures/make_formulas.py (numpy 2.4).
@Suite struct FormulaRewardTests {
  private let file: FixtureFile
  /// Noise; smooth pictures with and without grain; one colour each; black and white.
  private static let pictures = ["noise", "wide", "constant", "black"]
  private static let kinds: [RewardName.Kind] = [.colourfulness, .sharpness, .exposure]

  init() throws {
    let fixtures = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
    file = try FixtureFile(fixtures.appending(path: "formulas.safetensors"))
  }

  private func scores(_ kind: RewardName.Kind, _ pictures: Tensor) throws -> Tensor {
    let reward = try RewardName(kind).load()
    return reward(pictures, prompts: Array(repeating: "", count: pictures.size(0)))
  }

  @Test func `A smaller JPEG is better, and has no gradient`() throws {
    let reward = try RewardName(parsing: "jpegsize").load()
    #expect(!reward.hasGradient)
    let (flat, noise) = (
      Tensor(repeating: 0.5, shape: [1, 64, 64, 3]), Formula.tensor("noise", [1, 64, 64, 3]) * 0.1 + 0.5
    )
    let found = reward(Tensor.concatenate([flat, noise], axis: 0), prompts: ["", ""]).floats
    // A few hundred bytes of tables and little else, in kilobytes.
    #expect(found[0] < -0.2 && found[0] > -1.5 && found[1] < found[0] - 0.5, "\(found)")
    #expect(reward(flat * .infinity, prompts: [""]).floats == [-.infinity])
  }

  @Test(arguments: kinds)
  func `Scores and gradients are NumPy's, of pictures of one colour too`(_ kind: RewardName.Kind) throws {
    for name in Self.pictures {
      let leaf = try file.tensor(name).requiringGradient
      let scores = try scores(kind, leaf)
      #expect(scores.shape == [2])
      let key = "\(name).\(kind.rawValue)"
      // float32 against float64.
      for (found, wanted) in zip(scores.floats, try file.tensor(key).floats) {
        #expect(abs(found - wanted) <= 2e-6, "\(key): \(found), not \(wanted)")
      }
      let gradient = scores.sum().gradients(of: [leaf])[0].floats
      let reference = try file.tensor(key + ".gradient").floats
      let size = max(1e-2, reference.map(abs).max() ?? 0)
      for (found, wanted) in zip(gradient, reference) {
        // Where a root is at 0, rounding of the spread is divided by the root's 1e-4.
        #expect(abs(found - wanted) <= 2e-4 * size, "the gradient of \(key): \(found), not \(wanted)")
      }
    }
  }

  @Test(arguments: kinds)
  func `A step along the gradient changes the score by what it says`(_ kind: RewardName.Kind) throws {
    let pictures = try file.tensor("wide")
    let leaf = pictures.requiringGradient
    let gradient = try scores(kind, leaf).sum().gradients(of: [leaf])[0]
    let slope = gradient.square().sum().item
    let step = 1e-2 / slope.squareRoot()
    let (more, less) = (try scores(kind, pictures + step * gradient), try scores(kind, pictures - step * gradient))
    let found = (more.sum().item - less.sum().item) / (2 * step)
    // What a second difference of this step leaves out.
    #expect(abs(found - slope) <= 1e-2 * slope, "\(found), not \(slope)")
  }

  @Test func `Colourfulness is the published formula but for its roundness at grey`() throws {
    for name in Self.pictures {
      let found = try scores(.colourfulness, file.tensor(name)).floats
      for (found, published) in zip(found, try file.tensor(name + ".published").floats) {
        #expect(abs(found - published) <= 1.3e-4 + 2e-6)
      }
    }
  }

  @Test func `A picture too small for a Laplacian has no sharpness, and no gradient`() throws {
    let leaf = Formula.tensor("small", [1, 2, 9, 3]).requiringGradient
    let scores = try scores(.sharpness, leaf)
    #expect(scores.floats == [0])
    #expect(scores.sum().gradients(of: [leaf])[0].floats.allSatisfy { $0 == 0 })
  }
}
