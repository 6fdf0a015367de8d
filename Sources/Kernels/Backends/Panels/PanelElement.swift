/// The storage type of the numbers of panels; they are multiplied in float32.
enum PanelElement: Int32, Sendable {
  case float32 = 0
  case bfloat16 = 1
  /// For what is out of a file of this type, and for what was computed from bfloat16 and would lose more by going back
  /// to it.
  case float16 = 2

  init(_ type: DataType) { self = type == .float32 ? .float32 : .bfloat16 }

  var byteCount: Int { self == .float32 ? 4 : 2 }
}
