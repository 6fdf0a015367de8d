import NegativeSpaceSampling
package import NegativeSpaceTensors
import NegativeSpaceWeights

/// Latents as other programs keep them: PyTorch's layout, [1, C, H, W] for a picture and [1, C, F, H, W] for a video.
public struct Latents: Sendable, Hashable {
  /// In row-major order.
  public let values: [Float]
  /// PyTorch's.
  public let shape: [Int]

  /// The name of the tensor in files.
  package static let key = "latents"

  /// From the engine's layout, channels last.
  package init(_ tensor: Tensor) {
    let (values, shape) = tensor.channelsFirst
    (self.values, self.shape) = (values, shape)
  }

  /// Reads a safetensors file.
  ///
  /// - Throws: `TensorFileError`, `ModelError`.
  package init(contentsOf file: FileReference) throws {
    let (name, tensor) = try TensorFile(path: file.path).tensor(file.key, among: [Self.key], in: file.path)
    guard tensor.rank >= 3 else {
      throw ModelError.wrongShape(
        path: file.path, name: name, found: tensor.shape, expected: "[1, C, H, W] or [1, C, F, H, W]")
    }
    values = tensor.floats
    shape = tensor.shape
    guard values.allSatisfy(\.isFinite) else { throw ModelError.notFinite(path: file.path, name: name) }
  }

  /// In the engine's layout, channels last, float32.
  package var tensor: Tensor { Tensor(channelsFirst: values, shape: shape) }

  /// Writes a safetensors file with one tensor called `latents`, whole or not at all.
  ///
  /// - Parameter metadata: notes beside it.
  /// - Throws: `TensorFileError.unwritable`.
  public func write(to path: String, metadata: [String: String] = [:]) throws {
    try TensorFile([Self.key: Tensor(values, shape: shape)], metadata: metadata).write(to: path)
  }
}
