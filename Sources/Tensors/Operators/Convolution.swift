package import NegativeSpaceKernels

extension Tensor {
  /// PyTorch's `conv2d` on channels-last pictures.
  ///
  /// - Parameters:
  ///   - weight: (O, I, kh, kw), in this tensor's type. A weight that needs no gradient is packed once and kept so.
  ///   - bias: (O), float32.
  ///   - stride: rows, columns.
  /// - Returns: (N, H', W', O) for a picture (N, H, W, I).
  package func convolution(
    _ weight: Tensor, _ bias: Tensor? = nil, stride: (Int, Int) = (1, 1), padding: Padding = Padding(0)
  ) -> Tensor {
    precondition(
      rank == 4 && weight.rank == 4 && size(3) == weight.size(1),
      "convolution: \(shape) with a weight of \(weight.shape)")
    precondition(weight.dtype == dtype, "convolution: \(dtype) input and \(weight.dtype) weight do not mix")
    let geometry = ConvolutionShape(
      n: size(0), h: size(1), w: size(2), i: size(3), o: weight.size(0), kh: weight.size(2), kw: weight.size(3),
      stride: stride, padding: padding, dtype: dtype)
    precondition(
      geometry.outputHeight > 0 && geometry.outputWidth > 0, "convolution: \(shape) is smaller than its kernel")
    WorkTally.add(geometry.flops)
    let value = Tensor(
      shape: [geometry.n, geometry.outputHeight, geometry.outputWidth, geometry.o], dtype: dtype
    ) { out in
      Compute.backend.convolution(
        geometry, x: pointer, weights: weight.operand, bias: bias.map { UnsafePointer($0.float32Pointer) }, out: out)
    }
    return value.recorded(fromAll: [self, weight] + (bias.map { [$0] } ?? [])) { [self] upstream, flow in
      let dy = upstream.cast(to: dtype)
      flow.send(
        Tensor(shape: shape, dtype: dtype) { dx in
          weight.storage.lend {
            Compute.backend.convolutionInputGradient(geometry, upstream: dy.pointer, weights: $0, dx: dx)
          }
        }, to: self)
      flow.send(
        Tensor(shape: weight.shape) { dw in
          Compute.backend.convolutionWeightGradient(
            geometry, x: pointer, upstream: dy.pointer, dw: dw.assumingMemoryBound(to: Float.self))
        }, to: weight)
      if let bias { flow.send(dy.columnSums(), to: bias) }
    }
  }
}
