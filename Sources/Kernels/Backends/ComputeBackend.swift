/// The narrow seam between tensors and a compute library: products and convolutions, and the gradients of convolutions.
///
/// Everything else (norms, activations, attention's softmax) is in `loops`. A product's gradients are products
/// themselves.
package protocol ComputeBackend: Sendable {
  /// The library's name and version, for `info` and the benchmark.
  var name: String { get }
  /// Whether bfloat16 is computed in hardware here; where it is not, float32 is faster.
  var hasNativeBFloat16: Bool { get }
  /// Everything between products and convolutions; a backend in front of another one has that one's.
  var loops: any LoopBackend { get }

  /// c = a · b (+ bias over c's columns), for every pair of batch indices.
  func matmul(
    _ shape: MatmulShape, a: UnsafeRawPointer, b: WeightOperand, bias: UnsafePointer<Float>?,
    c: UnsafeMutableRawPointer)

  /// out (N, H', W', O) = convolution of x (N, H, W, I) with weights (O, I, kh, kw), plus bias (O).
  func convolution(
    _ shape: ConvolutionShape, x: UnsafeRawPointer, weights: WeightOperand, bias: UnsafePointer<Float>?,
    out: UnsafeMutableRawPointer)

  /// dx (N, H, W, I) from the gradient of the output (N, H', W', O).
  ///
  /// Weights are re-ordered for the call alone: copies kept for both directions would take twice the memory.
  func convolutionInputGradient(
    _ shape: ConvolutionShape, upstream: UnsafeRawPointer, weights: UnsafeRawPointer, dx: UnsafeMutableRawPointer)

  /// dw (O, I, kh, kw), always float32.
  func convolutionWeightGradient(
    _ shape: ConvolutionShape, x: UnsafeRawPointer, upstream: UnsafeRawPointer, dw: UnsafeMutablePointer<Float>)
}

/// One product over two batch axes; strides are in elements, for (batch 0, batch 1, row, column).
package struct MatmulShape: Hashable, Sendable {
  package var batch: (Int, Int) { (batch0, batch1) }
  var batch0 = 1
  var batch1 = 1
  package var m: Int
  package var n: Int
  package var k: Int
  package var a: Strides4
  package var b: Strides4
  package var c: Strides4
  /// Element type of a and b.
  package var dtype: DataType
  /// Element type of c; float32 is possible for bfloat16 operands.
  package var resultType: DataType
  package var hasBias = false
  /// b is a weight (n, k) that does not change: the backend may keep a re-ordered copy of it.
  package var packsWeights = false

  package init(
    batch: (Int, Int) = (1, 1), m: Int, n: Int, k: Int, a: Strides4, b: Strides4, c: Strides4, dtype: DataType,
    resultType: DataType, hasBias: Bool = false, packsWeights: Bool = false
  ) {
    (batch0, batch1) = batch
    (self.m, self.n, self.k) = (m, n, k)
    (self.a, self.b, self.c) = (a, b, c)
    (self.dtype, self.resultType) = (dtype, resultType)
    (self.hasBias, self.packsWeights) = (hasBias, packsWeights)
  }
}

/// Strides in elements over (batch 0, batch 1, row, column).
package struct Strides4: Hashable, Sendable {
  package var batch0: Int
  package var batch1: Int
  package var row: Int
  package var column: Int

  package init(_ batch0: Int, _ batch1: Int, _ row: Int, _ column: Int) {
    (self.batch0, self.batch1, self.row, self.column) = (batch0, batch1, row, column)
  }
}

/// One convolution of pictures (n, h, w, i) with weights (o, i, kh, kw).
package struct ConvolutionShape: Hashable, Sendable {
  package var n: Int
  package var h: Int
  package var w: Int
  package var i: Int
  package var o: Int
  package var kh: Int
  package var kw: Int
  package var strideH: Int
  package var strideW: Int
  package var padding: Padding
  package var dtype: DataType

  package init(
    n: Int, h: Int, w: Int, i: Int, o: Int, kh: Int, kw: Int, stride: (Int, Int), padding: Padding, dtype: DataType
  ) {
    (self.n, self.h, self.w, self.i, self.o, self.kh, self.kw) = (n, h, w, i, o, kh, kw)
    (strideH, strideW) = stride
    (self.padding, self.dtype) = (padding, dtype)
  }

  package var outputHeight: Int { (h + padding.top + padding.bottom - kh) / strideH + 1 }
  package var outputWidth: Int { (w + padding.left + padding.right - kw) / strideW + 1 }
}

/// Zeros around a picture, in pixels.
package struct Padding: Hashable, Sendable {
  package var top: Int
  package var bottom: Int
  package var left: Int
  package var right: Int

  package init(top: Int, bottom: Int, left: Int, right: Int) {
    (self.top, self.bottom, self.left, self.right) = (top, bottom, left, right)
  }

  /// The same on all sides.
  package init(_ all: Int) { self.init(top: all, bottom: all, left: all, right: all) }
}

/// The backend that computes, chosen once and replaceable for a task (tests run everything on both).
package enum Compute {
  @TaskLocal package static var backend: any ComputeBackend =
    OneDNNBackend.isWide ? OneDNNBackend.shared : PanelBackend.shared
}
