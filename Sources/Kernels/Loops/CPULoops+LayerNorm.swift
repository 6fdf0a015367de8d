import NegativeSpaceCKernels

extension CPULoops {
  package func layerNorm(
    _ type: DataType, x: UnsafeRawPointer, out: UnsafeMutableRawPointer, mean: UnsafeMutablePointer<Float>,
    rstd: UnsafeMutablePointer<Float>, scale: UnsafePointer<Float>, shift: UnsafePointer<Float>, epsilon: Float,
    rows: Int, width c: Int
  ) {
    let x = Pointer(x), out = MutablePointer(out), mean = MutablePointer(mean), rstd = MutablePointer(rstd)
    let scale = Pointer(scale), shift = Pointer(shift)
    parallel(rows, grain: grain(c)) { range in
      let r = range.lowerBound
      ns_layer_norm(
        type.code, out.at(r * c, type), mean.floats(at: r), rstd.floats(at: r), x.at(r * c, type), scale.floats(at: 0),
        shift.floats(at: 0), epsilon, Int64(range.count), Int64(c))
    }
  }

  package func layerNormGradient(
    _ type: DataType, x: UnsafeRawPointer, upstream: UnsafeRawPointer, mean: UnsafePointer<Float>,
    rstd: UnsafePointer<Float>, scale: UnsafePointer<Float>, dx: UnsafeMutableRawPointer,
    dscale: UnsafeMutablePointer<Float>, dshift: UnsafeMutablePointer<Float>, rows: Int, width c: Int
  ) {
    let parts = max(1, min(Threads.count, rows / grain(c)))
    // Each part sums its own dscale and dshift: (parts, 2, c). What is left of them at the end is (2, c).
    let sums = Buffer((parts + 1) * 2 * c * 4)
    sums.pointer.initializeMemory(as: Float.self, repeating: 0, count: parts * 2 * c)
    let total = MutablePointer(sums.pointer)
    let x = Pointer(x), dy = Pointer(upstream), dx = MutablePointer(dx)
    let mean = Pointer(mean), rstd = Pointer(rstd), scale = Pointer(scale)
    parallel(parts) { range in
      for part in range {
        let r = rows * part / parts
        let end = rows * (part + 1) / parts
        let own = total.floats(at: part * 2 * c)
        ns_layer_norm_backward(
          type.code, dx.at(r * c, type), own, own + c, x.at(r * c, type), dy.at(r * c, type), mean.floats(at: r),
          rstd.floats(at: r), scale.floats(at: 0), Int64(end - r), Int64(c))
      }
    }
    let both = total.floats(at: parts * 2 * c)
    columnSums(.float32, x: sums.pointer, out: both, blocks: 1, rows: parts, width: 2 * c)
    dscale.update(from: both, count: c)
    dshift.update(from: both + c, count: c)
    withExtendedLifetime(sums) {}
  }

  /// Rows worth a part of their own.
  private func grain(_ width: Int) -> Int { max(1, (1 << 13) / max(1, width)) }
}
