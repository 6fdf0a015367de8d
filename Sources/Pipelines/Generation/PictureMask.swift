import NegativeSpaceMedia
import NegativeSpaceTensors

/// The part of a picture that is painted anew, as diffusers' mask processor reads it.
struct PictureMask {
  /// Row by row.
  let isPainted: [Bool]
  private let width: Int
  private let height: Int

  /// White is painted, black stays; Pillow's grey in between counts as the nearer of the two.
  init(_ picture: Picture) {
    (width, height) = (picture.width, picture.height)
    isPainted = (0..<width * height).map { place in
      let (red, green, blue) = (
        Int(picture.pixels[3 * place]), Int(picture.pixels[3 * place + 1]), Int(picture.pixels[3 * place + 2])
      )
      // ITU-R 601-2 luma in 16-bit fixed point.
      return (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16 >= 128
    }
  }

  /// (1, height, width, 1), 1 where it is painted: the nearest pixel above and to the left.
  func latents(height newHeight: Int, width newWidth: Int) -> Tensor {
    Tensor(isPainted.map { $0 ? 1 : 0 }, shape: [1, height, width, 1])
      .resizedNearest(height: newHeight, width: newWidth)
  }
}
