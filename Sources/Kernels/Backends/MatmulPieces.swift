/// A part of a product that is a product itself.
struct MatmulPiece: Sendable {
  let shape: MatmulShape
  /// Offsets of its operands and its result, in elements.
  let a: Int
  let b: Int
  let c: Int
}

extension MatmulShape {
  package var flops: Int { 2 * batch0 * batch1 * m * n * k }

  /// About `count` pieces that together write every result once: batches if there are enough of them, rows otherwise.
  func pieces(_ count: Int) -> [MatmulPiece] {
    guard count > 1 else { return [MatmulPiece(shape: self, a: 0, b: 0, c: 0)] }
    if batch0 >= count {
      return ranges(batch0, count).map { range in
        piece(range, \.batch0, a: a.batch0, b: b.batch0, c: c.batch0)
      }
    }
    if batch1 >= count {
      return ranges(batch1, count).map { range in
        piece(range, \.batch1, a: a.batch1, b: b.batch1, c: c.batch1)
      }
    }
    // Rows in multiples of 16, so that no piece ends in the middle of a vector.
    let blocks = (m + 15) / 16
    return ranges(blocks, min(count, blocks)).map { range in
      piece((16 * range.lowerBound)..<min(m, 16 * range.upperBound), \.m, a: a.row, b: 0, c: c.row)
    }
  }

  /// Pieces of the sum over k, each with a result of its own, where that sum is long and the result small.
  func partialSums(_ count: Int) -> [MatmulPiece]? {
    guard count > 1, batch0 * batch1 == 1, !hasBias, !packsWeights, resultType == .float32, c.row == n, c.column == 1,
      k >= 16 * max(m, n)
    else { return nil }
    return ranges(k, count).map { range in piece(range, \.k, a: a.column, b: b.row, c: 0) }
  }

  private func piece(_ range: Range<Int>, _ axis: WritableKeyPath<MatmulShape, Int>, a: Int, b: Int, c: Int)
    -> MatmulPiece
  {
    var part = self
    part[keyPath: axis] = range.count
    return MatmulPiece(shape: part, a: range.lowerBound * a, b: range.lowerBound * b, c: range.lowerBound * c)
  }
}
