import NegativeSpaceKernels
import Testing

@testable import NegativeSpaceTensors

@Suite struct ConvolutionTests {
  static let cases: [OperatorCase] = [
    convolution("conv_3x3", padding: Padding(1)),
    convolution("conv_3x3_no_bias", padding: Padding(1)),
    convolution("conv_3x3_wide", padding: Padding(1)),
    convolution("conv_rgb_in", padding: Padding(1)),
    convolution("conv_rgb_out", padding: Padding(1)),
    convolution("conv_1x1"),
    convolution("conv_1x1_four"),
    convolution("conv_stride2", stride: (2, 2), padding: Padding(1)),
    convolution("conv_stride2_asymmetric", stride: (2, 2), padding: Padding(top: 0, bottom: 1, left: 0, right: 1)),
    convolution("conv_temporal", padding: Padding(top: 1, bottom: 1, left: 0, right: 0)),
    convolution("conv_temporal_causal", padding: Padding(top: 2, bottom: 0, left: 0, right: 0)),
    convolution("conv_valid_stride", stride: (2, 1)),
    convolution("conv_patches", stride: (4, 4)),
  ]

  private static func convolution(
    _ name: String, stride: (Int, Int) = (1, 1), padding: Padding = Padding(0)
  ) -> OperatorCase {
    OperatorCase(name, vectors: [2]) {
      $0[0].convolution($0[1], $0.count > 2 ? $0[2] : nil, stride: stride, padding: padding)
    }
  }

  @Test(arguments: cases) func `a convolution and its gradients are PyTorch's`(_ operation: OperatorCase) throws {
    try operation.check()
  }
}
