import NegativeSpaceKernels

extension GroupStatistics {
  /// Normalising and the learned affine map as one, for each sample and channel.
  func affine(_ s: GroupNormShape, scale: UnsafePointer<Float>, shift: UnsafePointer<Float>) -> ChannelAffine {
    let (n, c, groups) = (s.n, s.c, s.groups)
    let width = c / groups
    var result = ChannelAffine(
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
    x: Tensor, dy: Tensor, _ s: GroupNormShape, statistics: GroupStatistics, affine: ChannelAffine, scale: Tensor,
    activation: FusedActivation
  ) {
    let (n, p, c) = (s.n, s.p, s.c)
    let total = Compute.loops.scaleShiftSums(
      s, x: x.pointer, upstream: dy.pointer, affine: affine, activation: activation)
    let width = c / s.groups
    let gamma = scale.floats
    var dscale = [Float](repeating: 0, count: c)
    var dshift = dscale
    var (first, second, third) = (affine.scale, affine.scale, affine.scale)
    for sample in 0..<n {
      let own = sample * 2 * c
      for group in 0..<s.groups {
        let rstd = Double(statistics.rstd[sample * s.groups + group])
        let mean = Double(statistics.mean[sample * s.groups + group])
        let channels = (group * width)..<((group + 1) * width)
        var sumDz = 0.0
        var sumDzX = 0.0
        for channel in channels {
          sumDz += Double(gamma[channel]) * total[own + channel]
          sumDzX += Double(gamma[channel]) * total[own + c + channel] * rstd
        }
        let size = Double(p * width)
        let q = -rstd * rstd * sumDzX / size
        let r = -rstd * sumDz / size - q * mean
        for channel in channels {
          dscale[channel] += Float(total[own + c + channel] * rstd)
          dshift[channel] += Float(total[own + channel])
          first[sample * c + channel] = Float(rstd) * gamma[channel]
          second[sample * c + channel] = Float(q)
          third[sample * c + channel] = Float(r)
        }
      }
    }
    self.dscale = Tensor(dscale, shape: [c])
    self.dshift = Tensor(dshift, shape: [c])
    let coefficients = ChannelCoefficients(first: first, second: second, third: third)
    dx = Tensor(shape: x.shape, dtype: x.dtype) { dx in
      Compute.loops.scaleShiftGradient(
        s, x: x.pointer, upstream: dy.pointer, dx: dx, affine: affine, coefficients: coefficients,
        activation: activation)
    }
  }
}
