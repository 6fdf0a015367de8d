import NegativeSpaceTensors
import NegativeSpaceTraining
import Testing

/// Steps of Muon against torch.optim.Muon.
///
/// Made with: python Tests/TrainingTests/Fixtures/make_muon.py > muon.json (torch 2.15).
@Suite struct MuonTests {
  @Test func stepsAreThoseOfTorch() throws {
    let fixture = try OptimizerFixture("muon")
    for example in fixture.cases {
      var muon = Muon()
      muon.smallest = 1
      let adamW = AdamW(weightDecay: try #require(fixture.decay), maximumGradientNorm: nil)
      let found = try fixture.end(example, with: Optimizer(adamW, muon: muon)).value.floats
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
