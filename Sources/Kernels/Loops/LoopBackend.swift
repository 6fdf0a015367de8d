/// The seam beside products and convolutions: everything else that is done with a tensor's elements, one call an
/// operation.
///
/// Buffers are contiguous and row-major and hold elements of the type that the call names; sums, statistics, scales and
/// shifts are float32 or wider. Callers guarantee the sizes. A call is over whole buffers: cutting it into parts is the
/// backend's affair.
package protocol LoopBackend: ElementwiseBackend, ReductionBackend, NormalizationBackend, AttentionBackend,
  LayoutBackend, ResamplingBackend
{}

extension Compute {
  /// The loops of the backend that computes.
  package static var loops: any LoopBackend { backend.loops }
}

/// The loops of `CKernels` on this program's threads.
package struct CPULoops: LoopBackend {
  package init() {}
}

/// A raw pointer that the parts of a parallel loop may share: they write disjoint ranges.
struct MutablePointer: @unchecked Sendable {
  let base: UnsafeMutableRawPointer
  init(_ base: UnsafeMutableRawPointer) { self.base = base }
  init(_ base: UnsafeMutablePointer<Float>) { self.base = UnsafeMutableRawPointer(base) }

  func at(_ index: Int, _ type: DataType) -> UnsafeMutableRawPointer { base + index * type.byteCount }
  func floats(at index: Int) -> UnsafeMutablePointer<Float> { base.assumingMemoryBound(to: Float.self) + index }
  func doubles(at index: Int) -> UnsafeMutablePointer<Double> { base.assumingMemoryBound(to: Double.self) + index }
}

/// The same for reading.
struct Pointer: @unchecked Sendable {
  let base: UnsafeRawPointer
  init(_ base: UnsafeRawPointer) { self.base = base }
  init(_ base: UnsafePointer<Float>) { self.base = UnsafeRawPointer(base) }

  func at(_ index: Int, _ type: DataType) -> UnsafeRawPointer { base + index * type.byteCount }
  func floats(at index: Int) -> UnsafePointer<Float> { base.assumingMemoryBound(to: Float.self) + index }
}
