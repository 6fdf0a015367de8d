import NegativeSpaceCKernels

extension CPULoops {
  package func sum(_ type: DataType, x: UnsafeRawPointer, count: Int) -> Double { ns_sum(type.code, x, Int64(count)) }

  package func rowSums(
    _ type: DataType, x: UnsafeRawPointer, out: UnsafeMutablePointer<Float>, rows: Int, width: Int
  ) {
    let x = Pointer(x), out = MutablePointer(out)
    parallel(rows, grain: max(1, (1 << 14) / max(1, width))) { range in
      ns_row_sums(
        type.code, out.floats(at: range.lowerBound), x.at(range.lowerBound * width, type), Int64(range.count),
        Int64(width))
    }
  }

  package func columnSums(
    _ type: DataType, x: UnsafeRawPointer, out: UnsafeMutablePointer<Float>, blocks: Int, rows: Int, width: Int
  ) {
    // Few blocks: split the rows instead, and add the parts.
    let chunks = blocks >= Threads.count ? 1 : max(1, min(Threads.count, rows * width / (1 << 14)))
    let partial = UnsafeMutablePointer<Double>.allocate(capacity: blocks * chunks * width)
    partial.initialize(repeating: 0, count: blocks * chunks * width)
    let x = Pointer(x), sums = MutablePointer(UnsafeMutableRawPointer(partial))
    parallel(blocks * chunks) { range in
      for item in range {
        let (block, chunk) = (item / chunks, item % chunks)
        let lower = rows * chunk / chunks
        let upper = rows * (chunk + 1) / chunks
        ns_column_sums(
          type.code, sums.doubles(at: item * width), x.at((block * rows + lower) * width, type),
          Int64(upper - lower), Int64(width))
      }
    }
    for block in 0..<blocks {
      for i in 0..<width {
        var total = 0.0
        for chunk in 0..<chunks { total += partial[(block * chunks + chunk) * width + i] }
        out[block * width + i] = Float(total)
      }
    }
    partial.deallocate()
  }

  package func rowMaxima(
    _ type: DataType, x: UnsafeRawPointer, out: UnsafeMutablePointer<Float>, rows: Int, width: Int
  ) {
    ns_row_max(type.code, out, x, Int64(rows), Int64(width))
  }
}
