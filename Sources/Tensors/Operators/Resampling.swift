import NegativeSpaceKernels

/// Changes of a picture's size; pictures are (N, H, W, C).
extension Tensor {
  /// Every pixel `factor` times in both directions.
  package func upsampledNearest(by factor: Int = 2) -> Tensor {
    let value = withoutGradients { resizedNearest(height: size(1) * factor, width: size(2) * factor) }
    return value.recorded(from: self) { [self] upstream, flow in
      flow.send(upstream.cast(to: dtype).blockSums(factor), to: self)
    }
  }

  /// (N, H·factor, W·factor, C) -> (N, H, W, C): the sum of every block of pixels.
  private func blockSums(_ factor: Int) -> Tensor {
    let (n, h, w, c) = (size(0), size(1) / factor, size(2) / factor, size(3))
    return Tensor(shape: [n, h, w, c], dtype: dtype) { out in
      Compute.loops.blockSums(dtype, x: pointer, out: out, rows: n * h, columns: w, channels: c, factor: factor)
    }
  }

  /// PyTorch's `interpolate(mode="nearest")` to a given size: source index = ⌊i · (in / out)⌋, in float32 as there.
  package func resizedNearest(height: Int, width: Int) -> Tensor {
    precondition(rank == 4, "resize: \(shape) is not (N, H, W, C)")
    let (n, h, w, c) = (size(0), size(1), size(2), size(3))
    if height == h, width == w { return self }
    let rows = Filter.nearestIndices(from: h, to: height)
    let columns = Filter.nearestIndices(from: w, to: width)
    let value = Tensor(shape: [n, height, width, c], dtype: dtype) { out in
      Compute.loops.pickPixels(
        PictureShape(n: n, h: h, w: w, c: c, dtype: dtype), x: pointer, out: out, rows: rows, columns: columns)
    }
    return value.recorded(from: self) { [self] upstream, flow in
      flow.send(
        upstream.resampled(
          rows: Filter.nearest(from: h, to: height).transposed(h),
          columns: Filter.nearest(from: w, to: width).transposed(w)),
        to: self)
    }
  }

  /// The kernel that mixes new pixels from old ones.
  package enum Interpolation: Sendable {
    case bilinear
    /// TensorFlow 1's bilinear: a pixel's place is its upper left corner, not its middle. Without antialiasing only.
    case bilinearFromCorners
    /// Keys' cubic with a = -0.75 without antialiasing and -0.5 with it, as PyTorch has them.
    case bicubic
  }

  /// PyTorch's `interpolate(align_corners=False, antialias: …)`.
  package func interpolated(height: Int, width: Int, mode: Interpolation, antialias: Bool = false) -> Tensor {
    precondition(rank == 4, "interpolate: \(shape) is not (N, H, W, C)")
    let (h, w) = (size(1), size(2))
    let rows = Filter(from: h, to: height, mode: mode, antialias: antialias)
    let columns = Filter(from: w, to: width, mode: mode, antialias: antialias)
    let value = withoutGradients { resampled(rows: rows, columns: columns) }
    return value.recorded(from: self) { [self] upstream, flow in
      flow.send(upstream.resampled(rows: rows.transposed(h), columns: columns.transposed(w)), to: self)
    }
  }

  /// Means over windows, PyTorch's `avg_pool2d`.
  ///
  /// - Parameter countsBorder: whether padding counts as zeros; else means are over what is within the picture.
  package func averagePooled(
    kernel: Int, stride: Int? = nil, padding: Int = 0, countsBorder: Bool = true
  ) -> Tensor {
    let (h, w) = (size(1), size(2))
    func means(_ length: Int) -> Filter {
      .means(of: length, kernel: kernel, stride: stride ?? kernel, padding: padding, countsBorder: countsBorder)
    }
    let (rows, columns) = (means(h), means(w))
    let value = withoutGradients { resampled(rows: rows, columns: columns) }
    return value.recorded(from: self) { [self] upstream, flow in
      flow.send(upstream.resampled(rows: rows.transposed(h), columns: columns.transposed(w)), to: self)
    }
  }

  /// Means over cells of nearly equal size, PyTorch's `adaptive_avg_pool2d`.
  package func adaptiveAveragePooled(height: Int, width: Int) -> Tensor {
    let (h, w) = (size(1), size(2))
    let rows = Filter.cells(of: h, into: height)
    let columns = Filter.cells(of: w, into: width)
    let value = withoutGradients { resampled(rows: rows, columns: columns) }
    return value.recorded(from: self) { [self] upstream, flow in
      flow.send(upstream.resampled(rows: rows.transposed(h), columns: columns.transposed(w)), to: self)
    }
  }

  /// Maxima over windows, PyTorch's `max_pool2d`; padding counts as -∞.
  ///
  /// The gradient goes to the first maximum.
  package func maxPooled(kernel: Int, stride: Int, padding: Int = 0) -> Tensor {
    let (n, h, w, c) = (size(0), size(1), size(2), size(3))
    let height = (h + 2 * padding - kernel) / stride + 1
    let width = (w + 2 * padding - kernel) / stride + 1
    let x = floats
    var best = [Float](repeating: -.infinity, count: n * height * width * c)
    var origin = [Int](repeating: 0, count: best.count)
    for sample in 0..<n {
      for oy in 0..<height {
        for ox in 0..<width {
          let out = ((sample * height + oy) * width + ox) * c
          for y in max(0, oy * stride - padding)..<min(h, oy * stride - padding + kernel) {
            for x0 in max(0, ox * stride - padding)..<min(w, ox * stride - padding + kernel) {
              let at = ((sample * h + y) * w + x0) * c
              for channel in 0..<c where x[at + channel] > best[out + channel] {
                best[out + channel] = x[at + channel]
                origin[out + channel] = at + channel
              }
            }
          }
        }
      }
    }
    let value = Tensor(best, shape: [n, height, width, c]).cast(to: dtype)
    let sources = origin
    return value.recorded(from: self) { [self] upstream, flow in
      var dx = [Float](repeating: 0, count: count)
      for (gradient, source) in zip(upstream.floats, sources) { dx[source] += gradient }
      flow.send(Tensor(dx, shape: shape).cast(to: dtype), to: self)
    }
  }

  /// Applies one filter along H and one along W.
  ///
  /// Both are small sparse matrices; float32 inside.
  private func resampled(rows: Filter, columns: Filter) -> Tensor {
    let (n, h, w, c) = (size(0), size(1), size(2), size(3))
    let source = cast(to: .float32)
    // Rows first: (N, H, W·C) -> (N, H', W·C), then columns: (N·H', W, C) -> (N·H', W', C).
    let tall = source.filtered(rows, outer: n, length: h, inner: w * c)
    let wide = tall.filtered(columns, outer: n * rows.count, length: w, inner: c)
    return wide.reshaped([n, rows.count, columns.count, c]).cast(to: dtype)
  }

  private func filtered(_ filter: Filter, outer: Int, length: Int, inner: Int) -> Tensor {
    Tensor(shape: [outer, filter.count, inner]) { out in
      Compute.loops.filter(
        filter, x: float32Pointer, out: out.assumingMemoryBound(to: Float.self), outer: outer, length: length,
        inner: inner)
    }
  }
}

/// The filters of the resizings that PyTorch has.
extension Filter {
  /// The same matrix with rows and columns exchanged: the pullback of filtering.
  func transposed(_ length: Int) -> Filter {
    var result = [[Tap]](repeating: [], count: length)
    for (target, list) in taps.enumerated() {
      for tap in list { result[tap.source].append(Tap(source: target, weight: tap.weight)) }
    }
    return Filter(taps: result)
  }

  static func nearest(from length: Int, to target: Int) -> Filter {
    Filter(taps: nearestIndices(from: length, to: target).map { [Tap(source: $0, weight: 1)] })
  }

  static func nearestIndices(from length: Int, to target: Int) -> [Int] {
    let scale = Float(length) / Float(target)
    return (0..<target).map { min(Int(Float($0) * scale), length - 1) }
  }

  static func means(of length: Int, kernel: Int, stride: Int, padding: Int, countsBorder: Bool) -> Filter {
    Filter(
      taps: (0..<((length + 2 * padding - kernel) / stride + 1)).map { out in
        let start = out * stride - padding
        let within = max(0, start)..<min(length, start + kernel)
        let weight = 1 / Float(countsBorder ? kernel : within.count)
        return within.map { Tap(source: $0, weight: weight) }
      })
  }

  static func cells(of length: Int, into target: Int) -> Filter {
    Filter(
      taps: (0..<target).map { out in
        let from = out * length / target
        let to = ((out + 1) * length + target - 1) / target
        return (from..<to).map { Tap(source: $0, weight: 1 / Float(to - from)) }
      })
  }

  /// PyTorch's separable interpolation weights (ATen/native/UpSample.h), pixel centres at half-integers.
  init(from length: Int, to target: Int, mode: Tensor.Interpolation, antialias: Bool) {
    let scale = Double(length) / Double(target)
    // With antialiasing the kernel is stretched over all pixels it shrinks together, and taps outside are dropped;
    // without it the border pixel repeats.
    let stretch = antialias ? max(1, scale) : 1
    let radius = (mode == .bicubic ? 2.0 : 1.0) * stretch
    let a = antialias ? -0.5 : -0.75
    let taps = (0..<target).map { out in
      let centre = scale * (Double(out) + 0.5)
      var list: [Int: Double] = [:]
      if antialias {
        let from = max(0, Int(centre - radius + 0.5))
        let to = min(length, Int(centre + radius + 0.5))
        for source in from..<max(from, to) {
          list[source] = Filter.kernel((Double(source) - centre + 0.5) / stretch, mode, a)
        }
        let total = list.values.reduce(0, +)
        for key in list.keys { list[key, default: 0] /= total }
      } else {
        let position =
          switch mode {
          case .bilinear: max(0, centre - 0.5)
          case .bilinearFromCorners: scale * Double(out)
          case .bicubic: centre - 0.5
          }
        let base = Int(position.rounded(.down))
        let reach = mode == .bicubic ? -1...2 : 0...1
        for offset in reach {
          let weight = Filter.kernel(position - Double(base + offset), mode, a)
          list[min(max(base + offset, 0), length - 1), default: 0] += weight
        }
      }
      return list.keys.sorted().map { Tap(source: $0, weight: Float(list[$0, default: 0])) }
    }
    self.init(taps: taps)
  }

  private static func kernel(_ x: Double, _ mode: Tensor.Interpolation, _ a: Double) -> Double {
    let d = abs(x)
    switch mode {
    case .bilinear, .bilinearFromCorners: return max(0, 1 - d)
    case .bicubic:
      if d < 1 { return ((a + 2) * d - (a + 3)) * d * d + 1 }
      if d < 2 { return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a }
      return 0
    }
  }
}
