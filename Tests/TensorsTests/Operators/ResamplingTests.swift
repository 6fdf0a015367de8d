import Testing

@testable import NegativeSpaceTensors

@Suite struct ResamplingTests {
  static let nearest: [OperatorCase] = [
    OperatorCase("upsampled_nearest") { $0[0].upsampledNearest(by: 2) },
    OperatorCase("resized_nearest_up") { $0[0].resizedNearest(height: 7, width: 11) },
    OperatorCase("resized_nearest_down") { $0[0].resizedNearest(height: 3, width: 4) },
  ]

  static let interpolated: [OperatorCase] = [("bilinear", Tensor.Interpolation.bilinear), ("bicubic", .bicubic)].flatMap
  {
    name, mode in
    [("up", 8, 9), ("down", 3, 2), ("mixed", 7, 4)].flatMap { direction, height, width in
      [false, true].map { antialias in
        OperatorCase("\(name)_\(direction)\(antialias ? "_antialias" : "")") {
          $0[0].interpolated(height: height, width: width, mode: mode, antialias: antialias)
        }
      }
    }
  }

  static let pooled: [OperatorCase] = [
    OperatorCase("average_pooled") { $0[0].averagePooled(kernel: 2) },
    OperatorCase("average_pooled_overlapping") { $0[0].averagePooled(kernel: 3, stride: 2) },
    OperatorCase("adaptive_average_pooled") { $0[0].adaptiveAveragePooled(height: 3, width: 4) },
    OperatorCase("max_pooled") { $0[0].maxPooled(kernel: 2, stride: 2) },
    OperatorCase("max_pooled_padded") { $0[0].maxPooled(kernel: 3, stride: 2, padding: 1) },
  ]

  @Test(arguments: nearest) func `nearest neighbours are PyTorch's`(_ operation: OperatorCase) throws {
    try operation.check()
  }

  @Test(arguments: interpolated) func `interpolation is PyTorch's`(_ operation: OperatorCase) throws {
    try operation.check()
  }

  @Test(arguments: pooled) func `pooling is PyTorch's`(_ operation: OperatorCase) throws { try operation.check() }
}
