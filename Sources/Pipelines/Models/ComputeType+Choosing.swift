package import NegativeSpaceKernels

extension ComputeType {
  package var dataType: DataType { self == .float32 ? .float32 : .bfloat16 }

  /// The fastest type on this machine, and why.
  package static var fastest: (type: ComputeType, reason: String) {
    Compute.backend.hasNativeBFloat16
      ? (.bfloat16, "this processor has bfloat16 instructions")
      : (.float32, "this processor has no bfloat16 instructions")
  }
}
