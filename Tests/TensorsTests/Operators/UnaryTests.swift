import Testing

@testable import NegativeSpaceTensors

@Suite struct UnaryTests {
  static let cases: [OperatorCase] = [
    OperatorCase("exp") { $0[0].exp() }, OperatorCase("square") { $0[0].square() }, OperatorCase("abs") { $0[0].abs() },
    OperatorCase("sigmoid") { $0[0].sigmoid() }, OperatorCase("silu") { $0[0].silu() },
    OperatorCase("tanh") { $0[0].tanh() }, OperatorCase("relu") { $0[0].relu() }, OperatorCase("gelu") { $0[0].gelu() },
    OperatorCase("gelu_tanh") { $0[0].geluTanh() }, OperatorCase("quick_gelu") { $0[0].quickGELU() },
    OperatorCase("softplus") { $0[0].softplus() }, OperatorCase("sin") { $0[0].sin() },
    OperatorCase("cos") { $0[0].cos() },
    OperatorCase("negate") { -$0[0] }, OperatorCase("clamped") { $0[0].clamped(-1.5, 2) },
    OperatorCase("affine") { 3 - 0.5 * $0[0] }, OperatorCase("log") { $0[0].log() },
    OperatorCase("sqrt") { $0[0].sqrt() },
    OperatorCase("reciprocal") { 2 / $0[0] }, OperatorCase("geglu") { $0[0].geglu() },
  ]

  @Test(arguments: cases) func `a function of one element and its slope are PyTorch's`(_ operation: OperatorCase) throws
  {
    try operation.check()
  }
}
