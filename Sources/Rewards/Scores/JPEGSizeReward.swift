import NegativeSpaceMedia
package import NegativeSpaceTensors

/// How small a picture is as a JPEG of quality 95: minus its thousands of bytes (DDPO's compressibility, arXiv:2305.13301).
///
/// It has no gradient; a picture that cannot be encoded, such as one with a NaN, has minus infinity.
package struct JPEGSizeReward: Reward {
  package let name = "jpegsize"
  package var hasGradient: Bool { false }
  private static let quality = 95

  package init() {}

  package func callAsFunction(_ pictures: Tensor, prompts: [String]) -> Tensor {
    let (count, height, width) = (pictures.size(0), pictures.size(1), pictures.size(2))
    let floats = pictures.detached.floats
    let size = height * width * 3
    let scores = (0..<count).map { index -> Float in
      let values = floats[(index * size)..<((index + 1) * size)]
      guard values.allSatisfy(\.isFinite) else { return -.infinity }
      let picture = Picture(
        width: width, height: height, pixels: values.map { UInt8((min(max($0, 0), 1) * 255).rounded()) })
      guard let file = try? picture.encoded(as: .jpeg, quality: Self.quality, path: name) else { return -.infinity }
      return -Float(file.count) / 1000
    }
    return Tensor(scores, shape: [count])
  }
}
