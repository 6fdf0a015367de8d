import NegativeSpaceCKernels
package import NegativeSpaceKernels

extension Tensor {
  /// The same values in another element type; bfloat16 rounds to nearest even.
  package func cast(to type: DataType) -> Tensor {
    guard type != dtype else { return self }
    let result = Tensor(shape: shape, dtype: type) { out in
      let source = Pointer(pointer), target = MutablePointer(out)
      parallel(count, grain: 1 << 16) { range in
        let n = Int64(range.count)
        if type == .bfloat16 {
          ns_to_bfloat16(
            target.base.assumingMemoryBound(to: UInt16.self) + range.lowerBound,
            source.base.assumingMemoryBound(to: Float.self) + range.lowerBound, n)
        } else {
          ns_to_float32(
            target.base.assumingMemoryBound(to: Float.self) + range.lowerBound,
            source.base.assumingMemoryBound(to: UInt16.self) + range.lowerBound, n)
        }
      }
    }
    let original = dtype
    return result.recorded(from: self) { [self] upstream, flow in
      // A weight gradient may already be float32: nothing is lost on its way to the float32 master copy.
      flow.send(upstream.cast(to: original), to: self)
    }
  }
}

/// A raw pointer that the parts of a parallel loop may share: they write disjoint ranges.
struct MutablePointer: @unchecked Sendable {
  let base: UnsafeMutableRawPointer
  init(_ base: UnsafeMutableRawPointer) { self.base = base }

  func at(_ index: Int, _ type: DataType) -> UnsafeMutableRawPointer { base + index * type.byteCount }
}

/// The same for reading.
struct Pointer: @unchecked Sendable {
  let base: UnsafeRawPointer
  init(_ base: UnsafeRawPointer) { self.base = base }
  init(_ base: UnsafeMutableRawPointer) { self.base = UnsafeRawPointer(base) }
  init(_ base: UnsafeMutablePointer<Float>) { self.base = UnsafeRawPointer(base) }

  func at(_ index: Int, _ type: DataType) -> UnsafeRawPointer { base + index * type.byteCount }
}
