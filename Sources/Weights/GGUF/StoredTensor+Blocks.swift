import NegativeSpaceKernels

extension StoredTensor {
  /// Writes the elements out of their blocks to `target`, on all cores.
  func decode(_ type: BlockType, to dtype: DataType, at target: UnsafeMutableRawPointer) {
    guard let base = bytes.baseAddress else { return }
    let places = BlockPlaces(source: base, target: target)
    parallel(bytes.count / type.byteCount, grain: (1 << 14) / type.count) { range in
      switch dtype {
      case .float32:
        for block in range {
          let elements = places.target.assumingMemoryBound(to: Float.self) + block * type.count
          type.decode(places.source + block * type.byteCount, to: elements)
        }
      case .bfloat16:
        withUnsafeTemporaryAllocation(of: Float.self, capacity: BlockType.largest) { buffer in
          guard let decoded = buffer.baseAddress else { return }
          for block in range {
            type.decode(places.source + block * type.byteCount, to: decoded)
            let elements = places.target.assumingMemoryBound(to: UInt16.self) + block * type.count
            for index in 0..<type.count { elements[index] = roundedToBFloat16(decoded[index].bitPattern) }
          }
        }
      }
    }
  }
}

/// Pointers that the parts of a parallel loop share; they write disjoint ranges.
private struct BlockPlaces: @unchecked Sendable {
  let source: UnsafeRawPointer
  let target: UnsafeMutableRawPointer
}
