import NegativeSpaceMedia
import NegativeSpaceTensors

/// Samples of a run side by side in one file, to look at.
enum SampleSheet {
  /// - Parameter pictures: (N, H, W, 3) in [0, 1]; what is no number is black, so that a run that goes wrong can be
  ///   seen to.
  static func write(_ pictures: Tensor, columns: Int, to path: String) throws {
    let (height, width) = (pictures.size(1), pictures.size(2))
    let bytes = pictures.floats.map { $0 > 0 ? UInt8(min($0, 1) * 255 + 0.5) : 0 }
    let count = height * width * 3
    let parts = (0..<pictures.size(0)).map { Array(bytes[($0 * count)..<(($0 + 1) * count)]) }
    let sheet = Picture.sheet(parts.map { Picture(width: width, height: height, pixels: $0) }, columns: columns)
    try sheet?.write(to: path)
  }
}
