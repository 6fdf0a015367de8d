/// The element type of a buffer: what is stored, never what is accumulated (that is always float32).
package enum DataType: String, Sendable, Hashable, CaseIterable {
  case float32
  case bfloat16

  /// Bytes of one element.
  package var byteCount: Int { self == .float32 ? 4 : 2 }
}
