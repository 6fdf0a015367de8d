import NegativeSpaceTensors
import NegativeSpaceTraining
import Testing

/// Steps of Adafactor against transformers' (`scale_parameter` and `relative_step` off).
///
/// Made with: python Tests/TrainingTests/Fixtures/make_adafactor.py > adafactor.json (torch 2.15, transformers 4.57).
@Suite struct AdafactorTests {
  @Test func stepsAreThoseOfTransformers() throws {
    let fixture = try OptimizerFixture("adafactor")
    for example in fixture.cases {
      let parameter = try fixture.end(example, with: Optimizer(Adafactor()))
      for (a, b) in zip(parameter.value.floats, example.end) {
        #expect(abs(a - b) < 1e-6 * max(1, abs(b)), "\(example.shape): \(a), not \(b)")
      }
    }
  }

  @Test func aMatrixIsRememberedByItsMargins() throws {
    let fixture = try OptimizerFixture("adafactor")
    for example in fixture.cases {
      let parameter = try fixture.end(example, with: Optimizer(Adafactor()))
      let remembered = parameter.moments.mapValues(\.shape)
      switch example.shape {
      case [6, 4]: #expect(remembered == [.rows: [6], .columns: [4]])
      case [7]: #expect(remembered == [.second: [7]])
      case [2, 3, 3, 3]: #expect(remembered == [.rows: [2, 3, 3], .columns: [2, 3, 3]])
      default: #expect(example.shape == [3, 5])
      }
    }
  }
}
