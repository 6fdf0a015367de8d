package import NegativeSpaceKernels

/// The element types that files of tensors have, by their safetensors names.
package enum ElementType: String, Sendable, Hashable, CaseIterable {
  case float64 = "F64"
  case float32 = "F32"
  case float16 = "F16"
  case bfloat16 = "BF16"
  /// 4 bits of exponent, 3 of mantissa; no infinity (PyTorch's float8_e4m3fn).
  case float8E4M3 = "F8_E4M3"
  /// 5 bits of exponent, 2 of mantissa: the upper byte of a float16.
  case float8E5M2 = "F8_E5M2"
  /// The same two without infinity and negative zero, whose place NaN takes, and with half the numbers (AMD's).
  case float8E4M3FNUZ = "F8_E4M3FNUZ"
  case float8E5M2FNUZ = "F8_E5M2FNUZ"
  case int64 = "I64"
  case int32 = "I32"
  case int16 = "I16"
  case int8 = "I8"
  case uint64 = "U64"
  case uint32 = "U32"
  case uint16 = "U16"
  case uint8 = "U8"
  case bool = "BOOL"

  package var byteCount: Int {
    switch self {
    case .float64, .int64, .uint64: 8
    case .float32, .int32, .uint32: 4
    case .float16, .bfloat16, .int16, .uint16: 2
    case .int8, .uint8, .bool, .float8E4M3, .float8E5M2, .float8E4M3FNUZ, .float8E5M2FNUZ: 1
    }
  }

  package var isFloatingPoint: Bool {
    switch self {
    case .float64, .float32, .float16, .bfloat16: true
    case .float8E4M3, .float8E5M2, .float8E4M3FNUZ, .float8E5M2FNUZ: true
    default: false
    }
  }

  /// The tensors' own type that stores the same bits, if there is one.
  package var native: DataType? {
    switch self {
    case .float32: .float32
    case .bfloat16: .bfloat16
    default: nil
    }
  }

  package init(_ type: DataType) { self = type == .float32 ? .float32 : .bfloat16 }
}
