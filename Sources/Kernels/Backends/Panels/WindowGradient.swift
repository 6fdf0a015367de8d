import NegativeSpaceCKernels
import NegativeSpaceCOpenBLAS

/// The gradient of a convolution's weights as OpenBLAS's products: (o, taps · i) = Σ upstreamᵀ (o, rows) · windows
/// (rows, taps · i).
///
/// Without AVX-512 oneDNN 2.6 takes up to five times as long, most for wide rows and for many channels.
struct WindowGradient: Sendable {
  private let windows: ns_lowering
  private let isPixel: Bool
  /// Windows of all pictures.
  private let rows: Int
  private let outputs: Int
  private let channels: Int
  private let taps: Int

  /// nil where oneDNN is as fast: products of so few channels are mostly the laying out of windows.
  init?(_ shape: ConvolutionShape) {
    guard shape.dtype == .float32, shape.i >= Self.fewestChannels, shape.o >= Self.fewestChannels else { return nil }
    windows = shape.windows
    isPixel = shape.windowsArePixels
    rows = shape.n * shape.outputHeight * shape.outputWidth
    (outputs, channels, taps) = (shape.o, shape.i, shape.kh * shape.kw)
  }

  private static let fewestChannels = 64
  /// Numbers of a block of windows that are laid out at once.
  private static let blockSize = 1 << 20
  /// This program's own threads call OpenBLAS, each for a part of its own.
  private static let usesOneThread: Void = openblas_set_num_threads(1)

  private var depth: Int { taps * channels }

  /// dw (o, i, kh, kw) of x = `a` and the output's gradient `b` into `c`, all float32.
  func run(_ operands: Operands) {
    Self.usesOneThread
    let parts = ranges(rows, max(1, min(Threads.count, rows / 64)))
    let sums = parts.map { _ in Buffer(outputs * depth * 4) }
    parallel(parts.count) { range in
      for part in range { sum(operands, parts[part], into: sums[part].pointer.assumingMemoryBound(to: Float.self)) }
    }
    let total = Operands(a: sums[0].pointer, b: sums[0].pointer, bias: nil, c: sums[0].pointer)
    for other in sums.dropFirst() {
      ns_add_to(
        total.c.assumingMemoryBound(to: Float.self), other.pointer.assumingMemoryBound(to: Float.self),
        Int64(outputs * depth))
    }
    // (o, taps, i) -> (o, i, taps)
    let sizes = [Int64(outputs), Int64(channels), Int64(taps)]
    let strides = [Int64(depth), 1, Int64(channels)]
    withExtendedLifetime(sums) {
      parallel(outputs, grain: max(1, (1 << 14) / depth)) { range in
        ns_permute(4, operands.c, total.a, 3, sizes, strides, Int64(range.lowerBound), Int64(range.upperBound))
      }
    }
  }

  /// The products of some windows, block after block.
  private func sum(_ operands: Operands, _ part: Range<Int>, into target: UnsafeMutablePointer<Float>) {
    let blocks = ranges(part.count, (part.count * depth + Self.blockSize - 1) / Self.blockSize)
    let buffer = Buffer(isPixel ? 0 : (blocks.map(\.count).max() ?? 0) * depth * 4)
    for block in blocks {
      let first = part.lowerBound + block.lowerBound
      var right = UnsafeRawPointer(buffer.pointer)
      if isPixel {
        right = operands.a + first * depth * 4
      } else {
        withUnsafePointer(to: windows) { ns_lower($0, 4, buffer.pointer, operands.a, Int64(first), Int64(block.count)) }
      }
      cblas_sgemm(
        CblasRowMajor, CblasTrans, CblasNoTrans, Int32(outputs), Int32(depth), Int32(block.count), 1,
        (operands.b + first * outputs * 4).assumingMemoryBound(to: Float.self), Int32(outputs),
        right.assumingMemoryBound(to: Float.self), Int32(depth), block.lowerBound == 0 ? 0 : 1, target, Int32(depth))
    }
    withExtendedLifetime(buffer) {}
  }
}
