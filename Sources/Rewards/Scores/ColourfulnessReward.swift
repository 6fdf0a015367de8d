import NegativeSpaceKernels
package import NegativeSpaceTensors

/// How colourful a picture is (Hasler and Süsstrunk 2003, "Measuring colourfulness in natural images").
///
/// √(σ²(rg) + σ²(yb)) + 0.3 √(μ²(rg) + μ²(yb)) with rg = R − G and yb = (R + G) / 2 − B of values in [0, 1]: 1/255 of the paper's scale,
/// where "averagely colourful" is 45 and "extremely" 109, here 0.18 and 0.43. Grey is 0. It has no ceiling.
package struct ColourfulnessReward: Reward {
  package let name = "colourfulness"

  package init() {}

  package func callAsFunction(_ pictures: Tensor, prompts: [String]) -> Tensor {
    let colours = pictures.cast(to: .float32)
    let (r, g, b) = (channel(0, of: colours), channel(1, of: colours), channel(2, of: colours))
    let (rg, yb) = (r - g, (r + g) / 2 - b)
    let spread = (rg.pictureVariance + yb.pictureVariance).smoothRoot()
    let mean = (rg.pictureMean.square() + yb.pictureMean.square()).smoothRoot()
    return spread + 0.3 * mean
  }

  private func channel(_ index: Int, of colours: Tensor) -> Tensor {
    colours.slice(axis: 3, from: index, to: index + 1)
  }
}
