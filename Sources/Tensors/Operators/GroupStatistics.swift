import NegativeSpaceCKernels
import NegativeSpaceKernels

/// (N, P, C) cut into pieces of whole rows, so that even one large sample keeps all cores busy.
struct Blocks: Sendable {
  let n: Int
  let p: Int
  let perSample: Int

  init(n: Int, p: Int, c: Int) {
    self.n = n
    self.p = p
    perSample = n >= Threads.count ? 1 : max(1, min(Threads.count, p * c / (1 << 14)))
  }

  var count: Int { n * perSample }

  func forEach(_ body: @Sendable (_ sample: Int, _ rows: Range<Int>) -> Void) {
    forEachIndexed { _, sample, rows in body(sample, rows) }
  }

  func forEachIndexed(_ body: @Sendable (_ block: Int, _ sample: Int, _ rows: Range<Int>) -> Void) {
    parallel(count) { range in
      for block in range {
        let part = block % perSample
        body(block, block / perSample, (p * part / perSample)..<(p * (part + 1) / perSample))
      }
    }
  }
}

/// Mean and 1/√(variance + ε) of every (sample, group), as group norm needs them.
struct GroupStatistics: Sendable {
  let n: Int
  let p: Int
  let c: Int
  let groups: Int
  /// One for each sample and group: (N, G).
  let mean: [Float]
  /// One for each sample and group: (N, G).
  let rstd: [Float]

  init(_ x: Tensor, n: Int, p: Int, c: Int, groups: Int, epsilon: Float) {
    (self.n, self.p, self.c, self.groups) = (n, p, c, groups)
    let blocks = Blocks(n: n, p: p, c: c)
    let type = x.dtype
    // Sums are taken around each sample's first row: a large common offset costs no digits.
    let pivots = x.reshaped([n, p, c]).slice(axis: 1, from: 0, to: 1).cast(to: .float32).floats
    var sums = [Double](repeating: 0, count: blocks.count * 2 * c)
    sums.withUnsafeMutableBytes { buffer in
      guard let base = buffer.baseAddress else { return }
      let target = MutablePointer(base), source = Pointer(x.pointer)
      blocks.forEachIndexed { block, sample, rows in
        let own = target.base.assumingMemoryBound(to: Double.self) + block * 2 * c
        pivots.withUnsafeBufferPointer { pivot in
          guard let pivot = pivot.baseAddress else { return }
          ns_moments(
            type.code, own, own + c, source.at((sample * p + rows.lowerBound) * c, type), pivot + sample * c,
            Int64(rows.count), Int64(c))
        }
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
    (self.mean, self.rstd) = (mean, rstd)
  }

  /// Per (sample, channel): normalising and the learned affine map as one multiply-add.
  struct Affine: Sendable {
    var scale: [Float]
    var shift: [Float]
    var mean: [Float]
  }

  func affine(scale: UnsafePointer<Float>, shift: UnsafePointer<Float>) -> Affine {
    let width = c / groups
    var result = Affine(
      scale: [Float](repeating: 0, count: n * c), shift: [Float](repeating: 0, count: n * c),
      mean: [Float](repeating: 0, count: n * c))
    for sample in 0..<n {
      for channel in 0..<c {
        let group = sample * groups + channel / width
        let a = scale[channel] * rstd[group]
        result.scale[sample * c + channel] = a
        result.shift[sample * c + channel] = shift[channel] - mean[group] * a
        result.mean[sample * c + channel] = mean[group]
      }
    }
    return result
  }
}

/// The gradients of group norm with a fused activation.
///
/// With z the affine output, x̂ the normalised input, dz = dy·activation'(z) and M elements a group:
/// dx = rstd·(scale·dz - mean(scale·dz) - x̂·mean(scale·dz·x̂)).
struct GroupNormBackward {
  let dx: Tensor
  let dscale: Tensor
  let dshift: Tensor

  init(
    x: Tensor, dy: Tensor, statistics s: GroupStatistics, affine: GroupStatistics.Affine, scale: Tensor,
    activation: FusedActivation, blocks: Blocks
  ) {
    let (n, p, c) = (s.n, s.p, s.c)
    let type = x.dtype
    var sums = [Double](repeating: 0, count: blocks.count * 2 * c)
    sums.withUnsafeMutableBytes { buffer in
      guard let base = buffer.baseAddress else { return }
      let target = MutablePointer(base), source = Pointer(x.pointer), upstream = Pointer(dy.pointer)
      blocks.forEachIndexed { block, sample, rows in
        let own = target.base.assumingMemoryBound(to: Double.self) + block * 2 * c
        let at = (sample * p + rows.lowerBound) * c
        affine.withPointers(at: sample * c) { a, b, mean in
          ns_scale_shift_sums(
            type.code, own, own + c, source.at(at, type), upstream.at(at, type), a, b, mean, activation.rawValue,
            Int64(rows.count), Int64(c))
        }
      }
    }
    let width = c / s.groups
    let gamma = scale.floats
    var dscale = [Float](repeating: 0, count: c)
    var dshift = dscale
    var (first, second, third) = (affine.scale, affine.scale, affine.scale)
    for sample in 0..<n {
      var total = [Double](repeating: 0, count: 2 * c)
      for part in 0..<blocks.perSample {
        let at = (sample * blocks.perSample + part) * 2 * c
        for i in 0..<(2 * c) { total[i] += sums[at + i] }
      }
      for group in 0..<s.groups {
        let rstd = Double(s.rstd[sample * s.groups + group])
        let mean = Double(s.mean[sample * s.groups + group])
        let channels = (group * width)..<((group + 1) * width)
        var sumDz = 0.0
        var sumDzX = 0.0
        for channel in channels {
          sumDz += Double(gamma[channel]) * total[channel]
          sumDzX += Double(gamma[channel]) * total[c + channel] * rstd
        }
        let size = Double(p * width)
        let q = -rstd * rstd * sumDzX / size
        let r = -rstd * sumDz / size - q * mean
        for channel in channels {
          dscale[channel] += Float(total[c + channel] * rstd)
          dshift[channel] += Float(total[channel])
          first[sample * c + channel] = Float(rstd) * gamma[channel]
          second[sample * c + channel] = Float(q)
          third[sample * c + channel] = Float(r)
        }
      }
    }
    self.dscale = Tensor(dscale, shape: [c])
    self.dshift = Tensor(dshift, shape: [c])
    let coefficients = GroupStatistics.Affine(scale: first, shift: second, mean: third)
    dx = Tensor(shape: x.shape, dtype: type) { out in
      let source = Pointer(x.pointer), upstream = Pointer(dy.pointer), out = MutablePointer(out)
      blocks.forEach { sample, rows in
        let at = (sample * p + rows.lowerBound) * c
        affine.withPointers(at: sample * c) { a, b, _ in
          coefficients.withPointers(at: sample * c) { p, q, r in
            ns_scale_shift_backward(
              type.code, out.at(at, type), source.at(at, type), upstream.at(at, type), a, b, p, q, r,
              activation.rawValue,
              Int64(rows.count), Int64(c))
          }
        }
      }
    }
  }
}

extension GroupStatistics.Affine {
  fileprivate func withPointers(
    at offset: Int, _ body: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>) -> Void
  ) {
    scale.withUnsafeBufferPointer { a in
      shift.withUnsafeBufferPointer { b in
        mean.withUnsafeBufferPointer { c in
          guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else { return }
          body(a + offset, b + offset, c + offset)
        }
      }
    }
  }
}
