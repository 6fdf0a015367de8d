import Foundation
import NegativeSpaceKernels
import NegativeSpaceTestSupport
import Testing

@testable import NegativeSpaceTensors

/// One operator applied to the inputs that `Fixtures/make_operators.py` wrote under `name`.
struct OperatorCase: Sendable, CustomTestStringConvertible {
  let name: String
  /// Inputs that stay float32 whatever the element type: biases, scales, shifts.
  var vectors: Set<Int> = []
  let apply: @Sendable ([Tensor]) -> Tensor

  var testDescription: String { name }

  init(_ name: String, vectors: Set<Int> = [], _ apply: @escaping @Sendable ([Tensor]) -> Tensor) {
    (self.name, self.vectors, self.apply) = (name, vectors, apply)
  }

  private static let file = Result {
    try FixtureFile(Bundle.module.url(forResource: "operators", withExtension: "safetensors", subdirectory: "Fixtures"))
  }

  /// Compares the output and all gradients with PyTorch's, in both element types and on all backends.
  func check(float32 tolerance: Double = 1e-5, bfloat16 coarse: Double = 1e-2) throws {
    let backends: [any ComputeBackend] = [OpenBLASBackend(), PanelBackend.shared, OneDNNBackend.shared]
    for backend in backends {
      try Compute.$backend.withValue(backend) {
        try check(.float32, tolerance, backend.name)
        // oneDNN 2.6 knows bfloat16 only on processors with AVX-512.
        if !(backend is OneDNNBackend) || OneDNNBackend.isWide { try check(.bfloat16, coarse, backend.name) }
      }
    }
  }

  private func check(_ type: DataType, _ tolerance: Double, _ backend: String) throws {
    let file = try Self.file.get()
    var inputs: [Tensor] = []
    while file.contains("\(name)/in\(inputs.count)") {
      let value = try file.tensor("\(name)/in\(inputs.count)")
      inputs.append(vectors.contains(inputs.count) ? value : value.cast(to: type))
    }
    func expect(_ value: Tensor, is expected: String) throws {
      let distance = relativeDistance(value, try file.tensor("\(name)/\(expected)"))
      #expect(distance <= tolerance, "\(name) \(expected), \(type) on \(backend): relative distance \(distance)")
    }
    let plain = apply(inputs)
    #expect(plain.node == nil, "\(name): recorded although nothing wants a gradient")
    try expect(plain, is: "out")
    guard file.contains("\(name)/up") else { return }
    let leaves = inputs.map(\.requiringGradient)
    let value = apply(leaves)
    try expect(value, is: "out")
    let upstream = try file.tensor("\(name)/up").cast(to: value.dtype)
    for (index, gradient) in value.gradients(of: leaves, upstream: upstream).enumerated() {
      try expect(gradient, is: "grad\(index)")
    }
    // One input at a time: the others must not be needed.
    guard leaves.count > 1 else { return }
    for index in inputs.indices {
      var mixed = inputs
      mixed[index] = leaves[index]
      let gradient = apply(mixed).gradients(of: [leaves[index]], upstream: upstream)
      try expect(gradient[0], is: "grad\(index)")
    }
  }
}
