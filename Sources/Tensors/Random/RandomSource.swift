/// A seeded stream of random numbers, equal to that of the framework it is named after.
///
/// Sources are values: a copy continues from the same place, and saving one (they are `Codable`) saves the place.
package protocol RandomSource: Sendable {
  /// The next `count` standard normal values.
  mutating func normals(_ count: Int) -> [Float]
  /// The next `count` values uniform in [0, 1).
  mutating func uniforms(_ count: Int) -> [Float]
}

extension RandomSource {
  /// A float32 tensor of standard normal values, drawn in row-major order.
  package mutating func normal(_ shape: [Int]) -> Tensor {
    Tensor(normals(shape.reduce(1, *)), shape: shape)
  }

  /// A float32 tensor of values uniform in [0, 1), drawn in row-major order.
  package mutating func uniform(_ shape: [Int]) -> Tensor {
    Tensor(uniforms(shape.reduce(1, *)), shape: shape)
  }
}

/// A generator whose random numbers are reproduced.
package enum RandomAlgorithm: String, CaseIterable, Codable, Sendable {
  /// PyTorch's CPU generator.
  case torch
  /// NVIDIA's Philox, as PyTorch uses it on a GPU and the A1111 web UI imitates it.
  case nv
  /// NumPy's legacy `RandomState`.
  case numpy

  /// A source at its beginning.
  package func source(seed: some BinaryInteger) -> any RandomSource {
    switch self {
    case .torch: TorchRandom(seed: seed)
    case .nv: PhiloxRandom(seed: seed)
    case .numpy: NumPyRandom(seed: seed)
    }
  }
}
