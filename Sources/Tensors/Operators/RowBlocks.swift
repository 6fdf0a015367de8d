import NegativeSpaceKernels

extension Tensor {
  /// `body` of some rows after the other: what it makes in between is read again while it is still in the processor's
  /// cache.
  ///
  /// All rows at once where a gradient flows through `body`, which needs everything in between for the way back.
  /// - Parameters:
  ///   - widest: elements of the widest value that `body` makes of one row.
  ///   - body: (…, width) to the same, each row of its own alone.
  package func inRowBlocks(widest: Int, _ body: (Tensor) -> Tensor) -> Tensor {
    let width = size(-1)
    let rows = count / max(1, width)
    let most = max(Self.fewestRows, Self.cacheBytes / (widest * dtype.byteCount))
    let blocks = ranges(rows, (rows + most - 1) / most)
    guard blocks.count > 1, !needsGradient else { return body(self) }
    let all = reshaped([rows, width])
    func part(_ block: Range<Int>) -> Tensor {
      body(all.slice(axis: 0, from: block.lowerBound, to: block.upperBound))
    }
    let first = part(blocks[0])
    if first.needsGradient { return body(self) }
    return Tensor(shape: shape, dtype: dtype) { out in
      for (index, block) in blocks.enumerated() {
        let result = index == 0 ? first : part(block)
        precondition(
          result.shape == [block.count, width] && result.dtype == dtype,
          "rows (\(block.count), \(width)) became \(result.shape)")
        (out + block.lowerBound * width * dtype.byteCount)
          .copyMemory(from: result.pointer, byteCount: result.count * dtype.byteCount)
      }
    }
  }

  /// Enough rows to read all weights for, on each thread.
  private static let fewestRows = 512
  /// Bytes of a last-level cache that weights leave free.
  private static let cacheBytes = 4 << 20
}
