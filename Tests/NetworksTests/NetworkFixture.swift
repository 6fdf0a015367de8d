import Foundation
import NegativeSpaceConfiguration
import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceNetworks
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import Testing

/// One network of Fixtures/make_networks.py: its configuration, its parameters' names and shapes, and what it gave.
///
/// Made with: python Tests/NetworksTests/Fixtures/make_networks.py (torch 2.13, diffusers 0.42.1, transformers 5.23).
struct NetworkFixture<Configuration: ReadableConfiguration> {
  private struct Document: Decodable {
    let parameters: [String: [Int]]
    let tokens: [[Int]]?
    let decoderTokens: [[Int]]?
    let residuals: [[Int]]?
    let middle: [Int]?
  }

  let configuration: Configuration
  private let document: Document
  private let file: FixtureFile

  init(_ name: String, _: Configuration.Type = Configuration.self) throws {
    let url = try #require(Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: "json"))
    configuration = try ConfigFile(path: url.path).section("config").decode()
    document = try JSONDecoder().decode(Document.self, from: Data(contentsOf: url))
    file = try FixtureFile(url.deletingPathExtension().appendingPathExtension("safetensors"))
  }

  var parameters: [String: [Int]] { document.parameters }
  var tokens: [[Int]] { document.tokens ?? [] }
  var decoderTokens: [[Int]] { document.decoderTokens ?? [] }
  /// Residuals such as ControlNet adds, of the shapes that the reference found.
  var residuals: UNetResiduals {
    UNetResiduals(
      down: (document.residuals ?? []).enumerated().map { Formula.tensor("residual.\($0.offset)", $0.element) },
      middle: Formula.tensor("residual.middle", document.middle ?? []))
  }

  func expected(_ name: String) throws -> Tensor { try file.tensor(name) }

  /// Checks a result against the reference, by relative L2 distance.
  func expect(
    _ name: String, _ found: Tensor, within tolerance: Double = 1e-5, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let distance = relativeDistance(found, try expected(name))
    #expect(distance <= tolerance, "\(name) \(found.shape) is \(distance) away", sourceLocation: sourceLocation)
  }

  /// Checks the gradients of sum(output · r) with respect to inputs and to the source's leaves.
  func expectGradients(
    of output: Tensor, inputs: [String: Tensor] = [:], weights: FormulaWeights, among names: [String],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let leaves = try names.map { try #require(inputs[$0] ?? weights.leaves[$0], "no leaf \($0)") }
    let gradients = (output * Formula.tensor("r", output.shape)).sum().gradients(of: leaves)
    for (name, gradient) in zip(names, gradients) {
      try expect("gradient.\(name)", gradient, within: 1e-5, sourceLocation: sourceLocation)
    }
  }

  /// Checks that a network asked for exactly the reference's parameters, each once, in its shapes.
  func expectSameParameters(_ weights: FormulaWeights, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(weights.shapes == parameters, sourceLocation: sourceLocation)
    #expect(weights.repeated.isEmpty, sourceLocation: sourceLocation)
  }
}
