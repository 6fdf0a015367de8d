import Foundation
import NegativeSpaceConfiguration
import NegativeSpaceTensors
import Testing

@testable import NegativeSpaceSampling

/// Files that `Fixtures/make_schedulers.py` wrote.
enum Fixtures {
  static func read<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) throws -> Value {
    let file = try #require(Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: "json"))
    return try JSONDecoder().decode(Value.self, from: Data(contentsOf: file))
  }
}

extension SchedulerConfiguration {
  /// The configuration in the text of a `scheduler_config.json`.
  static func read(_ json: String) throws -> SchedulerConfiguration {
    try ConfigFile(parsing: Data(json.utf8), file: "x.json").decode()
  }
}

/// The relative L2 difference of latents to values in PyTorch's layout.
func relativeDifference(_ latents: Tensor, _ expected: [Float]) -> Double {
  relativeDifference(latents.channelsFirst.values, expected)
}

func relativeDifference(_ values: [Float], _ expected: [Float]) -> Double {
  guard values.count == expected.count else { return .infinity }
  var (difference, size) = (0.0, 0.0)
  for (value, reference) in zip(values, expected) {
    difference += (Double(value) - Double(reference)) * (Double(value) - Double(reference))
    size += Double(reference) * Double(reference)
  }
  return (difference / size).squareRoot()
}
