package import NegativeSpaceTensors

/// How near a picture's exposure is to what is wanted: brightness with a mean of 0.5 and a standard deviation of 0.25.
///
/// δ − √(d² + δ²) with the distance d = √((μ − 0.5)² + (σ − 0.25)²) and δ = 0.01: 0 at best, −0.55 for black, white, and smooth at the top.
package struct ExposureReward: Reward {
  package let name = "exposure"
  private static let mean: Float = 0.5
  private static let deviation: Float = 0.25
  private static let smoothness: Float = 0.01

  package init() {}

  package func callAsFunction(_ pictures: Tensor, prompts: [String]) -> Tensor {
    let luma = pictures.luma
    let fromMean = luma.pictureMean - Self.mean
    let fromDeviation = luma.pictureVariance.smoothRoot() - Self.deviation
    return -(fromMean.square() + fromDeviation.square()).smoothRoot(Self.smoothness)
  }
}
