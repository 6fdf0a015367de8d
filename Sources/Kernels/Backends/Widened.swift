import NegativeSpaceCKernels

/// A float32 view of a buffer: the buffer itself, or a widened copy that lives as long as this value.
final class Widened {
  let pointer: UnsafeMutablePointer<Float>
  private let count: Int
  private let owns: Bool

  init(_ source: UnsafeRawPointer, count: Int, type: DataType) {
    self.count = count
    owns = type == .bfloat16
    if owns {
      pointer = .allocate(capacity: count)
      ns_to_float32(pointer, source.assumingMemoryBound(to: UInt16.self), Int64(count))
    } else {
      pointer = UnsafeMutableRawPointer(mutating: source).assumingMemoryBound(to: Float.self)
    }
  }

  init(empty count: Int) {
    self.count = count
    owns = true
    pointer = .allocate(capacity: count)
  }

  deinit { if owns { pointer.deallocate() } }

  /// Writes the values where the caller wants them, unless they are already there.
  func narrow(into target: UnsafeMutableRawPointer, type: DataType, always: Bool = false) {
    if type == .bfloat16 {
      ns_to_bfloat16(target.assumingMemoryBound(to: UInt16.self), pointer, Int64(count))
    } else if always {
      target.copyMemory(from: pointer, byteCount: count * 4)
    }
  }
}

extension ConvolutionShape {
  var inputCount: Int { n * h * w * i }
  var outputCount: Int { n * outputHeight * outputWidth * o }
  var weightCount: Int { o * i * kh * kw }
  /// The same of float32.
  var inFloat32: ConvolutionShape {
    var wide = self
    wide.dtype = .float32
    return wide
  }
}
