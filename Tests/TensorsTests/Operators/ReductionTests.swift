import Testing

@testable import NegativeSpaceTensors

@Suite struct ReductionTests {
  static let axes: [(String, [Int])] = [
    ("leading", [0, 1]), ("trailing", [2, -1]), ("middle", [1, 2]), ("split", [0, 2]), ("ends", [0, 3]), ("one", [1]),
  ]
  static let sums: [OperatorCase] = axes.flatMap { name, axes in
    [
      OperatorCase("sum_\(name)") { $0[0].sum(axes: axes) },
      OperatorCase("mean_\(name)_kept") { $0[0].mean(axes: axes, keepDims: true) },
    ]
  }
  static let others: [OperatorCase] = [
    OperatorCase("sum_all") { $0[0].sum() }, OperatorCase("mean_all") { $0[0].mean() },
    OperatorCase("softmax") { $0[0].softmax() }, OperatorCase("log_softmax") { $0[0].logSoftmax() },
    OperatorCase("row_maximum") { $0[0].rowMaximum() },
  ]

  @Test(arguments: sums) func `a sum over any axes is PyTorch's`(_ operation: OperatorCase) throws {
    try operation.check()
  }

  @Test(arguments: others) func `a reduction of everything or of rows is PyTorch's`(_ operation: OperatorCase) throws {
    try operation.check()
  }
}
