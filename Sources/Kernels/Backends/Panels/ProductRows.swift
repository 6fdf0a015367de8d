import NegativeSpaceCKernels

/// The left side (m, k) of a product, as it lies or as the windows of pictures.
enum ProductRows: @unchecked Sendable {
  /// Strides in elements, between rows and between columns.
  case matrix(UnsafeRawPointer, row: Int, column: Int, DataType)
  /// A window a row, tap after tap.
  case windows(UnsafeRawPointer, ns_lowering, DataType)

  /// The windows of the pictures `x`, or their pixels where each is a window.
  init(_ x: UnsafeRawPointer, of shape: ConvolutionShape) {
    self =
      shape.windowsArePixels
      ? .matrix(x, row: shape.i, column: 1, shape.dtype) : .windows(x, shape.windows, shape.dtype)
  }

  /// Address of a row and column, and the distance between rows, if they can be read as they lie.
  func inPlace(row: Int, column: Int) -> (UnsafePointer<Float>, stride: Int)? {
    // Rows whole pages apart would fall into the same few places of a cache.
    guard case .matrix(let a, let stride, 1, .float32) = self, stride % 1024 != 0 else { return nil }
    return (a.assumingMemoryBound(to: Float.self) + row * stride + column, stride)
  }

  /// A block of rows and columns as float32, `stride` between rows.
  func gather(_ rows: Range<Int>, _ columns: Range<Int>, into target: UnsafeMutablePointer<Float>, stride: Int) {
    switch self {
    case .matrix(let a, let row, let column, let type):
      let start = a + (rows.lowerBound * row + columns.lowerBound * column) * type.byteCount
      ns_gather_rows(
        type.code, target, Int64(stride), start, Int64(row), Int64(column), Int64(rows.count), Int64(columns.count))
    case .windows(let x, let windows, let type):
      withUnsafePointer(to: windows) {
        ns_lower_slice(
          $0, type.code, target, Int64(stride), x, Int64(rows.lowerBound), Int64(rows.count),
          Int64(columns.lowerBound), Int64(columns.upperBound))
      }
    }
  }
}

extension ConvolutionShape {
  /// Whether each window is one pixel, and each pixel one window.
  var windowsArePixels: Bool { kh * kw == 1 && strideH * strideW == 1 && padding == Padding(0) }

  /// Its windows, which are the rows of a product.
  var windows: ns_lowering {
    ns_lowering(
      h: Int64(h), w: Int64(w), channels: Int64(i), oh: Int64(outputHeight), ow: Int64(outputWidth), kh: Int64(kh),
      kw: Int64(kw), stride_h: Int64(strideH), stride_w: Int64(strideW), top: Int64(padding.top),
      left: Int64(padding.left))
  }
}
