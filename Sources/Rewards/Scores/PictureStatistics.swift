import NegativeSpaceKernels
import NegativeSpaceTensors

/// Means and spreads of pictures, one number each, for the scores that need no network.
extension Tensor {
  /// Brightness (N, H, W) of pictures (N, H, W, 3), with the weights of BT.601.
  var luma: Tensor { (cast(to: .float32) * Tensor([0.299, 0.587, 0.114], shape: [3])).sum(axes: [3]) }

  /// The mean of each picture: (N).
  var pictureMean: Tensor { mean(axes: Array(1..<rank)) }

  /// The mean square distance from the mean of each picture: (N).
  var pictureVariance: Tensor { (self - mean(axes: Array(1..<rank), keepDims: true)).square().pictureMean }

  /// √(x + ε²) − ε: the root of a square, with a gradient at 0 too.
  func smoothRoot(_ epsilon: Float = 1e-4) -> Tensor { (self + epsilon * epsilon).sqrt() - epsilon }
}
