import NegativeSpaceCKernels

extension CPULoops {
  package func blockSums(
    _ type: DataType, x: UnsafeRawPointer, out: UnsafeMutableRawPointer, rows: Int, columns w: Int, channels c: Int,
    factor: Int
  ) {
    let x = Pointer(x), out = MutablePointer(out)
    // Rows of blocks do not depend on each other, whatever picture they are in.
    parallel(rows, grain: max(1, (1 << 14) / max(1, w * c))) { range in
      ns_block_sums(
        type.code, out.at(range.lowerBound * w * c, type), x.at(range.lowerBound * w * c * factor * factor, type),
        Int64(range.count), Int64(w), Int64(c), Int64(factor))
    }
  }

  package func pickPixels(
    _ shape: PictureShape, x: UnsafeRawPointer, out: UnsafeMutableRawPointer, rows: [Int], columns: [Int]
  ) {
    let (height, width) = (rows.count, columns.count)
    let bytes = shape.c * shape.dtype.byteCount
    let x = Pointer(x), out = MutablePointer(out)
    parallel(shape.n * height, grain: max(1, (1 << 15) / (width * bytes))) { range in
      for line in range {
        let source = x.base + ((line / height) * shape.h + rows[line % height]) * shape.w * bytes
        let target = out.base + line * width * bytes
        for column in 0..<width {
          (target + column * bytes).copyMemory(from: source + columns[column] * bytes, byteCount: bytes)
        }
      }
    }
  }

  package func filter(
    _ filter: Filter, x: UnsafePointer<Float>, out: UnsafeMutablePointer<Float>, outer: Int, length: Int, inner: Int
  ) {
    let x = Pointer(x), out = MutablePointer(out)
    parallel(outer * filter.count, grain: max(1, (1 << 14) / max(1, inner))) { range in
      for line in range {
        let target = out.floats(at: line * inner)
        target.update(repeating: 0, count: inner)
        let base = x.floats(at: (line / filter.count) * length * inner)
        for tap in filter.taps[line % filter.count] {
          let row = base + tap.source * inner
          for i in 0..<inner { target[i] += tap.weight * row[i] }
        }
      }
    }
  }
}
