import Foundation
import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceTensors
import NegativeSpaceTraining
import Testing

/// Steps of Muon against torch.optim.Muon.
///
/// Made with: python Tests/TrainingTests/Fixtures/make_muon.py > muon.json (torch 2.15).
@Suite struct MuonTests {
  private struct Fixture: Decodable {
    struct Case: Decodable {
      let shape: [Int]
      let start: [Float]
      let gradients: [[Float]]
      let end: [Float]
    }
    let rate: Float
    let decay: Float
    let cases: [Case]
  }

  /// One parameter, as the fixture starts it.
  private final class Start: WeightSource {
    let value: Tensor
    init(_ value: Tensor) { self.value = value }
    func contains(_ name: String) -> Bool { true }
    func tensor(_ name: String, shape: [Int], role: WeightRole, initial: Initial) throws -> Tensor { value }
  }

  @Test func stepsAreThoseOfTorch() throws {
    let url = try #require(Bundle.module.url(forResource: "Fixtures/muon", withExtension: "json"))
    let fixture = try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url))
    for example in fixture.cases {
      let weights = TrainableWeights(start: Start(Tensor(example.start, shape: example.shape)), dtype: .float32)
      _ = try StepWeights(weights).tensor("w", shape: example.shape, role: .matrix, initial: .zeros)
      var muon = Muon()
      muon.smallest = 1
      let optimizer = Optimizer(AdamW(weightDecay: fixture.decay, maximumGradientNorm: nil), muon: muon)
      for (step, gradient) in example.gradients.enumerated() {
        _ = weights.update(
          ["w": Tensor(gradient, shape: example.shape)], rate: fixture.rate, step: step + 1, with: optimizer,
          averageDecay: 0)
      }
      let found = try #require(weights.parameters["w"]).value.floats
      // torch multiplies in bfloat16; a step moves each number by 0.02 on average.
      for (a, b) in zip(found, example.end) { #expect(abs(a - b) < 1e-3, "\(example.shape): \(a), not \(b)") }
    }
  }

  @Test func onlyMatricesInsideANetworkAreTaken() {
    let muon = Muon()
    #expect(muon.takes([64, 64, 3, 3]))
    #expect(muon.takes([192, 96]))
    #expect(!muon.takes([4, 64, 3, 3]), "the last layer of a denoiser")
    #expect(!muon.takes([1280]), "a bias")
  }
}
