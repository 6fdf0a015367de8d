import Testing

@testable import NegativeSpaceTensors

@Suite struct BinaryTests {
  static let cases: [OperatorCase] = [
    "same", "last", "first", "middle", "outer", "scalar", "left", "hole", "both",
  ].flatMap { kind in
    [
      OperatorCase("add_\(kind)") { $0[0] + $0[1] }, OperatorCase("subtract_\(kind)") { $0[0] - $0[1] },
      OperatorCase("multiply_\(kind)") { $0[0] * $0[1] }, OperatorCase("divide_\(kind)") { $0[0] / $0[1] },
    ]
  }

  static let choices: [OperatorCase] = [
    OperatorCase("maximum") { Tensor.maximum($0[0], $0[1]) }, OperatorCase("minimum") { Tensor.minimum($0[0], $0[1]) },
  ]

  @Test(arguments: cases) func `arithmetic broadcasts and differentiates as PyTorch does`(_ operation: OperatorCase)
    throws
  {
    try operation.check()
  }

  @Test(arguments: choices) func `the larger and the smaller element get the gradient`(_ operation: OperatorCase) throws
  {
    try operation.check()
  }
}
