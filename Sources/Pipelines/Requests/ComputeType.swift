/// Number type that a network computes in.
public enum ComputeType: String, Codable, CaseIterable, Sendable {
  /// 32-bit floats.
  case float32
  /// 16-bit floats with the range of 32-bit ones; products accumulate in 32 bits.
  case bfloat16
}
