package import NegativeSpaceTensors

/// How sharp a picture is: the variance v of its brightness' Laplacian, as v / (v + c) with c = 0.01.
///
/// From 0 (nothing but slow changes) towards 1; half of it at v = 0.01, which is 650 of values up to 255. The ceiling leaves little to win by
/// noise. The Laplacian is that of four neighbours, without the picture's border; a picture with less than 3 pixels on a side has 0.
package struct SharpnessReward: Reward {
  package let name = "sharpness"
  /// The variance that gets one half.
  private static let half: Float = 0.01

  package init() {}

  package func callAsFunction(_ pictures: Tensor, prompts: [String]) -> Tensor {
    let luma = pictures.luma
    let (height, width) = (luma.size(1), luma.size(2))
    guard height > 2, width > 2 else { return luma.pictureMean * 0 }
    func shifted(_ rows: Int, _ columns: Int) -> Tensor {
      luma.slice(axis: 1, from: 1 + rows, to: height - 1 + rows)
        .slice(axis: 2, from: 1 + columns, to: width - 1 + columns)
    }
    let neighbours = shifted(-1, 0) + shifted(1, 0) + shifted(0, -1) + shifted(0, 1)
    let variance = (neighbours - 4 * shifted(0, 0)).pictureVariance
    return variance / (variance + Self.half)
  }
}
