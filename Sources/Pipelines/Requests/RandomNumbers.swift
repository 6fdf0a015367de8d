/// Generator of the random numbers that a seed stands for.
public enum RandomNumbers: String, Codable, CaseIterable, Sendable {
  /// PyTorch's CPU generator.
  case torch
  /// NVIDIA's Philox, as A1111 imitates it.
  case nv
  /// NumPy's legacy generator.
  case numpy
}
