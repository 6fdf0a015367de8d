/// The weights of a product or convolution.
package enum WeightOperand {
  /// Read as they lie; re-ordered for this call only where a backend wants that.
  case changing(UnsafeRawPointer)
  /// Re-ordered once, and kept so.
  case constant(any ConstantBytes)

  /// Address of the weights, not re-ordered.
  package var plain: UnsafeRawPointer {
    switch self {
    case .changing(let pointer): pointer
    case .constant(let bytes): UnsafeRawPointer(bytes.pointer)
    }
  }
}

/// Bytes that never change, with the re-ordered copies that backends have made of them.
///
/// Once a copy is in use, the original is not needed any more: it may leave memory and be made again.
package protocol ConstantBytes: AnyObject, Sendable {
  /// The bytes, which then stay in memory.
  var pointer: UnsafeMutableRawPointer { get }
  var packed: PackedWeights { get }

  /// Calls `use` with the bytes, which may leave memory afterwards.
  func lend<Result>(_ use: (UnsafeRawPointer) -> Result) -> Result
}
