import NegativeSpaceCKernels
import NegativeSpaceKernels

/// What may follow a norm inside the same loop.
package enum FusedActivation: Int32, Sendable {
  case none = 0
  case silu = 1
}

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
    let statistics = GroupStatistics(self, n: n, p: p, c: c, groups: groups, epsilon: epsilon)
    let affine = statistics.affine(scale: scale.float32Pointer, shift: shift.float32Pointer)
    let type = dtype
    let blocks = Blocks(n: n, p: p, c: c)
    let value = Tensor(shape: shape, dtype: type) { out in
      let x = Pointer(pointer), out = MutablePointer(out)
      let (a, b) = (affine.scale, affine.shift)
      blocks.forEach { sample, rows in
        let at = (sample * p + rows.lowerBound) * c
        a.withUnsafeBufferPointer { a in
          b.withUnsafeBufferPointer { b in
            guard let a = a.baseAddress, let b = b.baseAddress else { return }
            ns_scale_shift(
              type.code, out.at(at, type), x.at(at, type), a + sample * c, b + sample * c, activation.rawValue,
              Int64(rows.count), Int64(c))
          }
        }
      }
    }
    return value.recorded(from: self, scale, shift) { [self] upstream, flow in
      let dy = upstream.cast(to: type)
      let backward = GroupNormBackward(
        x: self, dy: dy, statistics: statistics, affine: affine, scale: scale, activation: activation, blocks: blocks)
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
    let type = dtype
    let mean = Tensor(shape: [rows]) { _ in }
    let rstd = Tensor(shape: [rows]) { _ in }
    let grain = max(1, (1 << 13) / max(1, c))
    let gamma = Pointer(scale.float32Pointer), beta = Pointer(shift.float32Pointer)
    let mu = MutablePointer(mean.pointer), sigma = MutablePointer(rstd.pointer)
    let value = Tensor(shape: shape, dtype: type) { out in
      let x = Pointer(pointer), out = MutablePointer(out)
      parallel(rows, grain: grain) { range in
        let r = range.lowerBound
        ns_layer_norm(
          type.code, out.at(r * c, type), mu.at(r, .float32).assumingMemoryBound(to: Float.self),
          sigma.at(r, .float32).assumingMemoryBound(to: Float.self), x.at(r * c, type),
          gamma.base.assumingMemoryBound(to: Float.self), beta.base.assumingMemoryBound(to: Float.self), epsilon,
          Int64(range.count), Int64(c))
      }
    }
    return value.recorded(from: self, scale, shift) { [self] upstream, flow in
      let dy = upstream.cast(to: type)
      let parts = max(1, min(Threads.count, rows / grain))
      // Each part sums its own dscale and dshift: (parts, 2, C).
      let sums = Tensor.zeros([parts, 2, c])
      let dx = Tensor(shape: shape, dtype: type) { out in
        let x = Pointer(pointer), g = Pointer(dy.pointer), out = MutablePointer(out),
          total = MutablePointer(sums.pointer)
        let mu = Pointer(mean.pointer), sigma = Pointer(rstd.pointer), gamma = Pointer(scale.float32Pointer)
        parallel(parts) { range in
          for part in range {
            let r = rows * part / parts
            let end = rows * (part + 1) / parts
            let own = total.at(part * 2 * c, .float32).assumingMemoryBound(to: Float.self)
            ns_layer_norm_backward(
              type.code, out.at(r * c, type), own, own + c, x.at(r * c, type), g.at(r * c, type),
              mu.at(r, .float32).assumingMemoryBound(to: Float.self),
              sigma.at(r, .float32).assumingMemoryBound(to: Float.self),
              gamma.base.assumingMemoryBound(to: Float.self), Int64(end - r), Int64(c))
          }
        }
      }
      let both = sums.sum(axes: [0])  // (2, C)
      flow.send(dx, to: self)
      flow.send(both.slice(axis: 0, from: 0, to: 1).reshaped([c]), to: scale)
      flow.send(both.slice(axis: 0, from: 1, to: 2).reshaped([c]), to: shift)
    }
  }
}
