import NegativeSpaceKernels
package import NegativeSpaceSampling
import NegativeSpaceTensors
import NegativeSpaceWeights

extension StackedNoise {
  /// The noise of every step from a file or from memory, stacked on axis 0.
  ///
  /// For a picture [S, 1, C, H, W] or [S, C, H, W]; for a video [S, 1, C, F, H, W], [S, C, F, H, W], or as diffusers'
  /// pipeline draws it, [S, F, C, H, W].
  ///
  /// - Parameter shape: of the latents, channels last.
  /// - Throws: `ModelError`, `RequestError`, `TensorFileError`.
  package init(contentsOf file: FileReference, for shape: [Int]) throws {
    let (name, tensor) = try file.noise()
    guard tensor.isFinite else { throw ModelError.notFinite(path: file.path, name: name) }
    let channels = shape[shape.count - 1]
    let single = [channels] + shape.dropFirst().dropLast()  // C, (F,) H, W
    let found = tensor.shape
    if found.count > single.count, Array(found.suffix(single.count)) == single,
      found.dropFirst().dropLast(single.count).allSatisfy({ $0 == 1 })
    {
      try self.init(channelsFirst: tensor.floats, shape: [found[0], 1] + single)
      return
    }
    if single.count == 4, found.count == 5, Array(found.dropFirst()) == [single[1], channels, single[2], single[3]] {
      let ordered = tensor.cast(to: .float32).transposed(axes: [0, 2, 1, 3, 4])
      try self.init(channelsFirst: ordered.floats, shape: [found[0], 1] + single)
      return
    }
    let expected = (["S", "1"] + single.map { "\($0)" }).joined(separator: ", ")
    throw ModelError.wrongShape(path: file.path, name: name, found: found, expected: "[\(expected)], one for each step")
  }
}
