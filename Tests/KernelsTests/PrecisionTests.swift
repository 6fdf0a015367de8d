import Foundation
import NegativeSpaceCKernels
import NegativeSpaceKernels
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import Testing

@Suite struct PrecisionTests {
  private let file: FixtureFile

  init() throws {
    file = try FixtureFile(
      Bundle.module.url(forResource: "precision", withExtension: "safetensors", subdirectory: "Fixtures"))
  }

  /// Functions whose value keeps all its digits, and by how many units in the last place it may be off.
  static let functions: [(name: String, operation: ns_unary_op, units: Double)] = [
    ("exp", NS_EXP, 2), ("tanh", NS_TANH, 3), ("sigmoid", NS_SIGMOID, 3), ("silu", NS_SILU, 3.5),
  ]

  @Test(arguments: functions.indices) func `a function is right to its last digits`(_ index: Int) throws {
    let function = Self.functions[index]
    let x = try file.tensor("\(function.name)/x").floats
    let expected = try file.tensor("\(function.name)/y").floats
    for (at, (value, reference)) in zip(Self.apply(function.operation, x), expected).enumerated() {
      // Below the smallest normal number digits are lost everywhere.
      let unit = Double(max(reference.magnitude, .leastNormalMagnitude).ulp)
      let off = abs(Double(value) - Double(reference)) / unit
      let small = reference.magnitude < 1e-34
      #expect(
        small ? value.magnitude < 2e-34 : off <= function.units, "\(function.name)(\(x[at])) is off by \(off) ulp")
    }
  }

  /// Functions that are small differences of large numbers somewhere: exact next to 1.
  static let differences: [(name: String, operation: ns_unary_op)] = [
    ("gelu", NS_GELU), ("gelu_tanh", NS_GELU_TANH), ("softplus", NS_SOFTPLUS),
  ]

  @Test(arguments: differences.indices) func `a function with cancellation is right next to one`(_ index: Int) throws {
    let function = Self.differences[index]
    let x = try file.tensor("\(function.name)/x").floats
    let expected = try file.tensor("\(function.name)/y").floats
    for (at, (value, reference)) in zip(Self.apply(function.operation, x), expected).enumerated() {
      let off = abs(value - reference) / max(1, reference.magnitude)
      #expect(off <= 3e-7, "\(function.name)(\(x[at])) is off by \(off)")
    }
  }

  private static func apply(_ operation: ns_unary_op, _ x: [Float]) -> [Float] {
    [Float](unsafeUninitializedCapacity: x.count) { buffer, initialized in
      ns_unary(Int32(operation.rawValue), 0, buffer.baseAddress, x, Int64(x.count))
      initialized = x.count
    }
  }

  @Test(arguments: [
    NS_EXP, NS_TANH, NS_SIGMOID, NS_SILU, NS_GELU, NS_GELU_TANH, NS_RELU, NS_ABS, NS_SQUARE, NS_SOFTPLUS,
  ])
  func `what is not a number stays visible`(_ operation: ns_unary_op) {
    let hidden = Self.apply(operation, [Float](repeating: .nan, count: 33)).filter { !$0.isNaN }
    #expect(hidden.isEmpty)
  }

  @Test func `exp and its kin know their limits`() {
    #expect(Self.apply(NS_EXP, [.infinity, -.infinity, 89, -200]) == [.infinity, 0, .infinity, 0])
    #expect(
      Self.apply(NS_SIGMOID, [.infinity, -.infinity, 100, -100]).map { abs($0) < 1e-37 ? 0 : $0 } == [1, 0, 1, 0])
    #expect(Self.apply(NS_TANH, [.infinity, -.infinity, 50, -50]) == [1, -1, 1, -1])
  }

  @Test func `rounding to bfloat16 is PyTorch's, bit by bit`() throws {
    let x = try file.tensor("round/x").floats
    let expected = try file.tensor("round/y").floats
    var rounded = [UInt16](repeating: 0, count: x.count)
    ns_to_bfloat16(&rounded, x, Int64(x.count))
    var back = [Float](repeating: 0, count: x.count)
    ns_to_float32(&back, rounded, Int64(x.count))
    for (at, (value, reference)) in zip(back, expected).enumerated() {
      let same = reference.isNaN ? value.isNaN : value.bitPattern == reference.bitPattern
      #expect(same, "\(x[at]) became \(value), not \(reference)")
    }
  }

  @Test func `five steps of AdamW and of the moving average are PyTorch's`() throws {
    try compare("adamw", rate: 1e-2, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: 0.1)
    try compare("adamw_plain", rate: 3e-3, beta1: 0.8, beta2: 0.95, epsilon: 1e-5, decay: 0)
  }

  private func compare(_ name: String, rate: Float, beta1: Float, beta2: Float, epsilon: Float, decay: Float) throws {
    let start = try file.tensor("\(name)/start")
    // The optimiser writes in place: into buffers that nobody else reads.
    let (weight, average) = (start * 1, start * 1)
    let (first, second) = (Tensor.zeros(start.shape), Tensor.zeros(start.shape))
    let gradients = try file.tensor("\(name)/gradients")
    let (weights, averages) = (try file.tensor("\(name)/weights"), try file.tensor("\(name)/averages"))
    for step in 0..<5 {
      let gradient = gradients.slice(axis: 0, from: step, to: step + 1)
      adamW(
        ParameterBuffers(
          weight: weight.pointer, average: average.pointer, gradient: gradient.pointer, count: weight.count),
        firstMoment: first.pointer, secondMoment: second.pointer,
        AdamWStep(
          rate: rate, beta1: beta1, beta2: beta2, epsilon: epsilon, decay: decay,
          correction1: Float(1 - pow(Double(beta1), Double(step + 1))),
          correction2: Float(1 - pow(Double(beta2), Double(step + 1))), gradientScale: 0.5, averageDecay: 0.9))
      let expected = weights.slice(axis: 0, from: step, to: step + 1).reshaped(weight.shape)
      let distance = relativeDistance(weight - start, expected - start)
      #expect(distance < 2e-5, "\(name), step \(step)")
      let mean = averages.slice(axis: 0, from: step, to: step + 1).reshaped(weight.shape)
      let meanDistance = relativeDistance(average, mean)
      #expect(meanDistance < 2e-7, "\(name), step \(step)")
    }
  }
}
