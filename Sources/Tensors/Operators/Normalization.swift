package import NegativeSpaceKernels

extension Tensor {
  /// Group normalisation (arXiv:1803.08494) of (N, …, C), then `activation`.
  ///
  /// Statistics are taken per sample over all middle axes and the channels of a group, in float64 around a pivot.
  /// - Parameters:
  ///   - scale: (C), float32. - shift: (C), float32.
  package func groupNorm(
    groups: Int, scale: Tensor, shift: Tensor, epsilon: Float, activation: FusedActivation = .none
  ) -> Tensor {
    let (n, c) = (size(0), size(-1))
    precondition(c % groups == 0, "groupNorm: \(c) channels do not make \(groups) groups")
    precondition(
      scale.shape == [c] && shift.shape == [c], "groupNorm: scale \(scale.shape), shift \(shift.shape) for \(shape)")
    let p = count / max(1, n * c)
    precondition(p > 0, "groupNorm: \(shape) has nothing to take statistics of")
    let sizes = GroupNormShape(n: n, p: p, c: c, groups: groups, dtype: dtype)
    let statistics = Compute.loops.groupStatistics(sizes, x: pointer, epsilon: epsilon)
    let affine = statistics.affine(sizes, scale: scale.float32Pointer, shift: shift.float32Pointer)
    let value = Tensor(shape: shape, dtype: dtype) { out in
      Compute.loops.scaleShift(sizes, x: pointer, out: out, affine: affine, activation: activation)
    }
    return value.recorded(from: self, scale, shift) { [self] upstream, flow in
      let dy = upstream.cast(to: dtype)
      let backward = GroupNormBackward(
        x: self, dy: dy, sizes, statistics: statistics, affine: affine, scale: scale, activation: activation)
      flow.send(backward.dx, to: self)
      flow.send(backward.dscale, to: scale)
      flow.send(backward.dshift, to: shift)
    }
  }

  /// Layer normalisation (arXiv:1607.06450) over the last axis; scale and shift (C) are float32.
  package func layerNorm(scale: Tensor, shift: Tensor, epsilon: Float) -> Tensor {
    let c = size(-1)
    precondition(
      scale.shape == [c] && shift.shape == [c], "layerNorm: scale \(scale.shape), shift \(shift.shape) for \(shape)")
    let rows = count / max(1, c)
    let mean = Tensor(shape: [rows]) { _ in }
    let rstd = Tensor(shape: [rows]) { _ in }
    let value = Tensor(shape: shape, dtype: dtype) { out in
      Compute.loops.layerNorm(
        dtype, x: pointer, out: out, mean: mean.float32Pointer, rstd: rstd.float32Pointer, scale: scale.float32Pointer,
        shift: shift.float32Pointer, epsilon: epsilon, rows: rows, width: c)
    }
    return value.recorded(from: self, scale, shift) { [self] upstream, flow in
      let dy = upstream.cast(to: dtype)
      let dscale = Tensor(shape: [c]) { _ in }
      let dshift = Tensor(shape: [c]) { _ in }
      let dx = Tensor(shape: shape, dtype: dtype) { dx in
        Compute.loops.layerNormGradient(
          dtype, x: pointer, upstream: dy.pointer, mean: mean.float32Pointer, rstd: rstd.float32Pointer,
          scale: scale.float32Pointer, dx: dx, dscale: dscale.float32Pointer, dshift: dshift.float32Pointer, rows: rows,
          width: c)
      }
      flow.send(dx, to: self)
      flow.send(dscale, to: scale)
      flow.send(dshift, to: shift)
    }
  }

  /// Root-mean-square normalisation (arXiv:1910.07467) of a float32 tensor over the last axis:
  /// scale · x / √(mean(x²) + ε).
  package func rmsNorm(scale: Tensor, epsilon: Float) -> Tensor {
    precondition(scale.shape == [size(-1)], "rmsNorm: scale \(scale.shape) for \(shape)")
    return self / (square().mean(axes: [-1], keepDims: true) + epsilon).sqrt() * scale
  }
}
