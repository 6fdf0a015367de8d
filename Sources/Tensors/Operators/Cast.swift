package import NegativeSpaceKernels

extension Tensor {
  /// The same values in another element type; bfloat16 rounds to nearest even.
  package func cast(to type: DataType) -> Tensor {
    guard type != dtype else { return self }
    let result = Tensor(shape: shape, dtype: type) { out in
      Compute.loops.convert(x: pointer, out: out, to: type, count: count)
    }
    let original = dtype
    return result.recorded(from: self) { [self] upstream, flow in
      // A weight gradient may already be float32: nothing is lost on its way to the float32 master copy.
      flow.send(upstream.cast(to: original), to: self)
    }
  }
}
