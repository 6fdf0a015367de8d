import Kernels

extension Tensor {
  /// `body` of some rows after the other: what it makes in between is read again while it is still in the processor's cache.
  ///
  /// Nothing is recorded through it.
  /// - Parameters:
  ///   - widest: elements of the widest value that `body` makes of one row.
  ///   - body: (rows, width) to the same, each row of its own alone.
  package func inRowBlocks(widest: Int, _ body: (Tensor) -> Tensor) -> Tensor {
    let width = size(-1)
    let rows = count / max(1, width)
    let most = max(Self.fewestRows, Self.cacheBytes / (widest * dtype.byteCount))
    let blocks = (rows + most - 1) / most
    guard blocks > 1 else { return withoutGradients { body(self) } }
    let all = reshaped([rows, width])
    return Tensor(shape: shape, dtype: dtype) { out in
      withoutGradients {
        for block in 0..<blocks {
          let range = rows * block / blocks..<rows * (block + 1) / blocks
          let result = body(all.slice(axis: 0, from: range.lowerBound, to: range.upperBound))
          precondition(
            result.shape == [range.count, width] && result.dtype == dtype,
            "rows (\(range.count), \(width)) became \(result.shape)")
          (out + range.lowerBound * width * dtype.byteCount).copyMemory(
            from: result.pointer, byteCount: result.count * dtype.byteCount)
        }
      }
    }
  }

  /// Enough rows to read all weights for, on each thread.
  private static let fewestRows = 512
  /// What is left of a last-level cache beside weights.
  private static let cacheBytes = 4 << 20
}
