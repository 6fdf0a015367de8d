import Foundation
import NegativeSpaceTensors

/// A blur of queries over the pixels that they belong to (SEG, arXiv:2408.00760), as in its authors' code.
package struct QueryBlur: Sendable {
  /// The Gaussian's width in pixels; nil is without end: each query is the mean of all.
  private let sigma: Float?

  package init(sigma: Float?) { self.sigma = sigma }

  /// (B, H·W, C) to the same.
  ///
  /// - Parameter grid: height and width; without them there is nothing to blur over but all tokens.
  func callAsFunction(_ queries: Tensor, grid: (height: Int, width: Int)?) -> Tensor {
    guard let sigma, let grid else { return queries.mean(axes: [1], keepDims: true).expanded(to: queries.shape) }
    return queries.reshaped([queries.size(0), grid.height, grid.width, queries.size(2)])
      .multiplied(
        alongHeight: Self.gaussian(sigma, size: grid.height), alongWidth: Self.gaussian(sigma, size: grid.width)
      )
      .reshaped(queries.shape)
  }

  /// Six sigmas wide, but no more taps than the mirrored border gives.
  private static func gaussian(_ sigma: Float, size: Int) -> Tensor {
    let most = size - (size % 2 - 1)
    let wide = (6 * sigma).rounded(.up)
    let count = wide < Float(most) ? min(most, Int(wide) + 1 - Int(wide) % 2) : most
    let taps = (0..<count).map { exp(-0.5 * pow((Float($0) - Float(count - 1) / 2) / sigma, 2)) }
    let sum = taps.reduce(0, +)
    return .filter(taps.map { $0 / sum }, size: size)
  }
}
