import NegativeSpaceCKernels

extension CPULoops {
  package func groupStatistics(_ shape: GroupNormShape, x: UnsafeRawPointer, epsilon: Float) -> GroupStatistics {
    let (n, p, c, groups, type) = (shape.n, shape.p, shape.c, shape.groups, shape.dtype)
    let blocks = SampleBlocks(shape)
    // Sums are taken around each sample's first row: a large common offset costs no digits.
    let pivots = firstRows(shape, x)
    let source = Pointer(x)
    let sums = channelSums(blocks, c) { own, sample, rows in
      pivots.withUnsafeBufferPointer { pivot in
        guard let pivot = pivot.baseAddress else { return }
        ns_moments(
          type.code, own, own + c, source.at((sample * p + rows.lowerBound) * c, type), pivot + sample * c,
          Int64(rows.count), Int64(c))
      }
    }
    let width = c / groups
    let size = Double(p * width)
    var mean = [Float](repeating: 0, count: n * groups)
    var rstd = mean
    for sample in 0..<n {
      for group in 0..<groups {
        var total = 0.0
        for channel in (group * width)..<((group + 1) * width) {
          total += Double(p) * Double(pivots[sample * c + channel])
          for part in 0..<blocks.perSample { total += sums[(sample * blocks.perSample + part) * 2 * c + channel] }
        }
        let m = total / size
        var squares = 0.0
        for channel in (group * width)..<((group + 1) * width) {
          let shift = Double(pivots[sample * c + channel]) - m
          squares += Double(p) * shift * shift
          for part in 0..<blocks.perSample {
            let at = (sample * blocks.perSample + part) * 2 * c + channel
            squares += sums[at + c] + 2 * shift * sums[at]
          }
        }
        mean[sample * groups + group] = Float(m)
        rstd[sample * groups + group] = Float(1 / (max(0, squares / size) + Double(epsilon)).squareRoot())
      }
    }
    return GroupStatistics(mean: mean, rstd: rstd)
  }

  package func scaleShift(
    _ shape: GroupNormShape, x: UnsafeRawPointer, out: UnsafeMutableRawPointer, affine: ChannelAffine,
    activation: FusedActivation
  ) {
    let (p, c, type) = (shape.p, shape.c, shape.dtype)
    let x = Pointer(x), out = MutablePointer(out)
    SampleBlocks(shape).forEach { _, sample, rows in
      let at = (sample * p + rows.lowerBound) * c
      withPointers(affine.scale, affine.shift, affine.mean, at: sample * c) { a, b, _ in
        ns_scale_shift(
          type.code, out.at(at, type), x.at(at, type), a, b, activation.rawValue, Int64(rows.count), Int64(c))
      }
    }
  }

  package func scaleShiftSums(
    _ shape: GroupNormShape, x: UnsafeRawPointer, upstream: UnsafeRawPointer, affine: ChannelAffine,
    activation: FusedActivation
  ) -> [Double] {
    let (p, c, type) = (shape.p, shape.c, shape.dtype)
    let blocks = SampleBlocks(shape)
    let x = Pointer(x), dy = Pointer(upstream)
    let sums = channelSums(blocks, c) { own, sample, rows in
      let at = (sample * p + rows.lowerBound) * c
      withPointers(affine.scale, affine.shift, affine.mean, at: sample * c) { a, b, mean in
        ns_scale_shift_sums(
          type.code, own, own + c, x.at(at, type), dy.at(at, type), a, b, mean, activation.rawValue,
          Int64(rows.count), Int64(c))
      }
    }
    var totals = [Double](repeating: 0, count: shape.n * 2 * c)
    for sample in 0..<shape.n {
      for part in 0..<blocks.perSample {
        let at = (sample * blocks.perSample + part) * 2 * c
        for i in 0..<(2 * c) { totals[sample * 2 * c + i] += sums[at + i] }
      }
    }
    return totals
  }

  package func scaleShiftGradient(
    _ shape: GroupNormShape, x: UnsafeRawPointer, upstream: UnsafeRawPointer, dx: UnsafeMutableRawPointer,
    affine: ChannelAffine, coefficients: ChannelCoefficients, activation: FusedActivation
  ) {
    let (p, c, type) = (shape.p, shape.c, shape.dtype)
    let x = Pointer(x), dy = Pointer(upstream), dx = MutablePointer(dx)
    SampleBlocks(shape).forEach { _, sample, rows in
      let at = (sample * p + rows.lowerBound) * c
      withPointers(affine.scale, affine.shift, affine.mean, at: sample * c) { a, b, _ in
        withPointers(coefficients.first, coefficients.second, coefficients.third, at: sample * c) { p, q, r in
          ns_scale_shift_backward(
            type.code, dx.at(at, type), x.at(at, type), dy.at(at, type), a, b, p, q, r, activation.rawValue,
            Int64(rows.count), Int64(c))
        }
      }
    }
  }

  /// The first row of each sample, as float32: (n, c).
  private func firstRows(_ shape: GroupNormShape, _ x: UnsafeRawPointer) -> [Float] {
    [Float](unsafeUninitializedCapacity: shape.n * shape.c) { rows, count in
      count = shape.n * shape.c
      guard let target = rows.baseAddress else { return }
      for sample in 0..<shape.n {
        let row = x + sample * shape.p * shape.c * shape.dtype.byteCount
        if shape.dtype == .float32 {
          (target + sample * shape.c).update(from: row.assumingMemoryBound(to: Float.self), count: shape.c)
        } else {
          ns_to_float32(target + sample * shape.c, row.assumingMemoryBound(to: UInt16.self), Int64(shape.c))
        }
      }
    }
  }

  /// Two sums for each channel of each block, (blocks, 2, c), to which `add` adds.
  private func channelSums(
    _ blocks: SampleBlocks, _ c: Int,
    _ add: @Sendable (_ own: UnsafeMutablePointer<Double>, _ sample: Int, _ rows: Range<Int>) -> Void
  ) -> [Double] {
    var sums = [Double](repeating: 0, count: blocks.count * 2 * c)
    sums.withUnsafeMutableBytes { buffer in
      guard let base = buffer.baseAddress else { return }
      let target = MutablePointer(base)
      blocks.forEach { block, sample, rows in add(target.doubles(at: block * 2 * c), sample, rows) }
    }
    return sums
  }
}

private func withPointers(
  _ first: [Float], _ second: [Float], _ third: [Float], at offset: Int,
  _ body: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>) -> Void
) {
  first.withUnsafeBufferPointer { a in
    second.withUnsafeBufferPointer { b in
      third.withUnsafeBufferPointer { c in
        guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else { return }
        body(a + offset, b + offset, c + offset)
      }
    }
  }
}
