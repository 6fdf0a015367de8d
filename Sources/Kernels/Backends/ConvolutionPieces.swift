/// A part of a convolution that is a convolution itself: some samples, or some rows of one.
struct ConvolutionPiece: Sendable {
  let shape: ConvolutionShape
  /// Offset of its input, in elements.
  let x: Int
  /// Offset of its output, in elements.
  let y: Int
}

extension ConvolutionShape {
  /// Multiplications and additions of one direction.
  package var flops: Int { 2 * n * outputHeight * outputWidth * o * i * kh * kw }

  /// The convolution of the output's gradient with the kernels turned round, which gives the input's; nil where it is
  /// none.
  var inputGradient: ConvolutionShape? {
    guard strideH == 1, strideW == 1, padding.top < kh, padding.bottom < kh, padding.left < kw, padding.right < kw
    else { return nil }
    return ConvolutionShape(
      n: n, h: outputHeight, w: outputWidth, i: o, o: i, kh: kh, kw: kw, stride: (1, 1),
      padding: Padding(
        top: kh - 1 - padding.top, bottom: kh - 1 - padding.bottom, left: kw - 1 - padding.left,
        right: kw - 1 - padding.right), dtype: dtype)
  }

  /// About `count` pieces that together write every output once.
  func pieces(_ count: Int) -> [ConvolutionPiece] {
    split(count, rows: outputHeight) { range in
      let start = range.lowerBound * strideH - padding.top
      let end = (range.upperBound - 1) * strideH - padding.top + kh
      let from = max(0, start)
      let to = min(h, end)
      guard to > from else { return nil }
      var piece = one(rows: to - from)
      piece.padding.top = from - start
      piece.padding.bottom = end - to
      return (piece, from, range.lowerBound)
    }
  }

  /// About `count` pieces that together write every input gradient once.
  func inputGradientPieces(_ count: Int) -> [ConvolutionPiece] {
    split(count, rows: h) { range in
      // The outputs whose windows touch these rows.
      let from = max(0, (range.lowerBound + padding.top - kh + strideH) / strideH)
      let to = min(outputHeight, (range.upperBound - 1 + padding.top) / strideH + 1)
      let top = padding.top + range.lowerBound - from * strideH
      guard to > from, top >= 0 else { return nil }
      var piece = one(rows: range.count)
      piece.padding.top = top
      piece.padding.bottom = max(0, (to - from - 1) * strideH + kh - range.count - top)
      return piece.outputHeight == to - from ? (piece, range.lowerBound, from) : nil
    }
  }

  /// Cuts the samples; where there are too few, the rows of each.
  ///
  /// `cut` gives the piece, its first input and output row.
  private func split(
    _ count: Int, rows: Int, cut: (Range<Int>) -> (shape: ConvolutionShape, x: Int, y: Int)?
  ) -> [ConvolutionPiece] {
    let (inputRow, outputRow) = (w * i, outputWidth * o)
    let whole = [ConvolutionPiece(shape: self, x: 0, y: 0)]
    guard count > 1 else { return whole }
    if n >= count {
      return ranges(n, count).map { range in
        var piece = self
        piece.n = range.count
        return ConvolutionPiece(
          shape: piece, x: range.lowerBound * h * inputRow, y: range.lowerBound * outputHeight * outputRow)
      }
    }
    let perSample = min(rows, (count + n - 1) / n)
    guard perSample > 1 else { return whole }
    var result: [ConvolutionPiece] = []
    for range in ranges(rows, perSample) {
      guard let piece = cut(range) else { return whole }
      for sample in 0..<n {
        result.append(
          ConvolutionPiece(
            shape: piece.shape, x: (sample * h + piece.x) * inputRow, y: (sample * outputHeight + piece.y) * outputRow))
      }
    }
    return result
  }

  private func one(rows: Int) -> ConvolutionShape {
    var piece = self
    piece.n = 1
    piece.h = rows
    return piece
  }
}

/// `0..<length` in `count` ranges of nearly equal size.
package func ranges(_ length: Int, _ count: Int) -> [Range<Int>] {
  (0..<count).map { (length * $0 / count)..<(length * ($0 + 1) / count) }
}

/// Number of pieces that work of this size is cut into: none too small to be worth a thread.
func pieceCount(flops: Int, weightBytes: Int) -> Int {
  let threads = Threads.count
  // Every piece reads all weights: large ones are read once a thread, not more.
  return threads == 1 ? 1 : max(1, min(flops >> 21, weightBytes > 1 << 20 ? threads : 2 * threads))
}
