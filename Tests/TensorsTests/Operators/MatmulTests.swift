import Testing

@testable import NegativeSpaceTensors

@Suite struct MatmulTests {
  static let linear = ["linear", "linear_no_bias", "linear_rank4"].map { name in
    OperatorCase(name, vectors: [2]) { $0[0].linear($0[1], $0.count > 2 ? $0[2] : nil) }
  }

  static let products: [OperatorCase] = (2...4).flatMap { rank in
    [("nn", false, false), ("nt", false, true), ("tn", true, false), ("tt", true, true)].map { name, a, b in
      OperatorCase("matmul_rank\(rank)_\(name)") { $0[0].matmul($0[1], transposeA: a, transposeB: b) }
    }
  }

  @Test(arguments: linear) func `a linear map and its gradients are PyTorch's`(_ operation: OperatorCase) throws {
    try operation.check()
  }

  @Test(arguments: products) func `a product of either orientation is PyTorch's`(_ operation: OperatorCase) throws {
    try operation.check()
  }
}
