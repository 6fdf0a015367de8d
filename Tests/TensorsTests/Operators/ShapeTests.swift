import Testing

@testable import NegativeSpaceTensors

@Suite struct ShapeTests {
  static let cases: [OperatorCase] = [
    OperatorCase("concatenate_last") { Tensor.concatenate($0, axis: -1) },
    OperatorCase("concatenate_first") { Tensor.concatenate($0, axis: 0) },
    OperatorCase("concatenate_middle") { Tensor.concatenate($0, axis: 1) },
    OperatorCase("slice") { $0[0].slice(axis: 1, from: 1, to: 3) },
    OperatorCase("slice_last") { $0[0].slice(axis: -1, from: 2, to: 5) },
    OperatorCase("padded") { $0[0].padded(axis: 1, before: 2, after: 1) },
    OperatorCase("rows") { $0[0].rows([3, 0, 3, 3, 1]) },
    OperatorCase("repeated") { $0[0].repeated(3, axis: 1) },
    OperatorCase("repeated_first") { $0[0].repeated(2, axis: 0) },
    OperatorCase("expanded") { $0[0].expanded(to: [2, 3, 4, 5]) },
    OperatorCase("reshaped") { $0[0].reshaped([4, -1]) },
  ]

  static let orders: [OperatorCase] = [
    [1, 0], [0, 2, 1], [2, 1, 0], [1, 2, 0], [0, 2, 1, 3], [0, 3, 1, 2], [3, 1, 2, 0], [0, 2, 1, 4, 3],
    [4, 2, 0, 3, 1],
    [0, 1, 3, 2, 4],
  ].map { axes in
    OperatorCase("transposed_" + axes.map(String.init).joined()) { $0[0].transposed(axes: axes) }
  }

  @Test(arguments: cases) func `moving elements is PyTorch's`(_ operation: OperatorCase) throws {
    try operation.check()
  }

  @Test(arguments: orders) func `axes change places as in PyTorch`(_ operation: OperatorCase) throws {
    try operation.check()
  }
}
