import Foundation
import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceTensors
import NegativeSpaceTraining
import Testing

/// Steps of an optimiser of PyTorch on parameters of some shapes.
struct OptimizerFixture: Decodable {
  struct Case: Decodable {
    let shape: [Int]
    let start: [Float]
    let gradients: [[Float]]
    let end: [Float]
  }
  let rate: Float
  let decay: Float?
  let cases: [Case]

  init(_ name: String) throws {
    let url = try #require(Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: "json"))
    self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: url))
  }

  /// One parameter, as a case starts it.
  private final class Start: WeightSource {
    let value: Tensor
    init(_ value: Tensor) { self.value = value }
    func contains(_ name: String) -> Bool { true }
    func tensor(_ name: String, shape: [Int], role: WeightRole, initial: Initial) throws -> Tensor { value }
  }

  /// Where the case's parameter ends with `optimizer`.
  func end(_ example: Case, with optimizer: Optimizer) throws -> Parameter {
    let weights = TrainableWeights(start: Start(Tensor(example.start, shape: example.shape)), dtype: .float32)
    _ = try StepWeights(weights).tensor("w", shape: example.shape, role: .matrix, initial: .zeros)
    for (step, gradient) in example.gradients.enumerated() {
      _ = weights.update(
        ["w": Tensor(gradient, shape: example.shape)], rate: rate, step: step + 1, with: optimizer, averageDecay: 0)
    }
    return try #require(weights.parameters["w"])
  }
}
