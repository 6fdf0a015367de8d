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

  /// Latents that a program has, in row-major order.
  ///
  /// - Throws: `ModelError.wrongShape`.
  public init(values: [Float], shape: [Int]) throws {
    // Divided rather than multiplied, which could overflow.
    let rest = shape.reduce(Int?(values.count)) { rest, size in
      rest.flatMap { size > 0 && $0 % size == 0 ? $0 / size : nil }
    }
    guard shape.count >= 3, rest == 1 else {
      throw ModelError.wrongShape(
        path: "memory", name: Self.key, found: shape,
        expected: "[1, C, H, W] or [1, C, F, H, W] for \(values.count) values")
    }
    (self.values, self.shape) = (values, shape)
  }

  /// Reads a safetensors file.
  ///
  /// - Parameter key: the tensor's name; nil where there is one only, or `latents`.
  /// - Throws: `TensorFileError`, `ModelError`.
  public init(contentsOf path: String, key: String? = nil) throws {
    let (name, tensor) = try TensorFile(path: path).tensor(key, among: [Self.key], in: path)
    guard tensor.rank >= 3 else {
      throw ModelError.wrongShape(
        path: path, name: name, found: tensor.shape, expected: "[1, C, H, W] or [1, C, F, H, W]")
    }
    values = tensor.floats
    shape = tensor.shape
    guard values.allSatisfy(\.isFinite) else { throw ModelError.notFinite(path: path, name: name) }
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
