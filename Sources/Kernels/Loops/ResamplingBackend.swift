/// Changes of a picture's size; pictures are (n, h, w, c).
package protocol ResamplingBackend: Sendable {
  /// out (rows, columns, c) = the sum of each block of factor × factor pixels of x (rows·factor, columns·factor, c).
  func blockSums(
    _ type: DataType, x: UnsafeRawPointer, out: UnsafeMutableRawPointer, rows: Int, columns: Int, channels: Int,
    factor: Int)

  /// out (n, rows.count, columns.count, c) = the pixels of x in these rows and columns of each picture.
  func pickPixels(
    _ shape: PictureShape, x: UnsafeRawPointer, out: UnsafeMutableRawPointer, rows: [Int], columns: [Int])

  /// out (outer, filter.count, inner) = the entries of x (outer, length, inner) mixed along the middle axis.
  func filter(
    _ filter: Filter, x: UnsafePointer<Float>, out: UnsafeMutablePointer<Float>, outer: Int, length: Int, inner: Int)
}

/// The sizes of a batch of pictures.
package struct PictureShape: Hashable, Sendable {
  package var n: Int
  package var h: Int
  package var w: Int
  package var c: Int
  package var dtype: DataType

  package init(n: Int, h: Int, w: Int, c: Int, dtype: DataType) {
    (self.n, self.h, self.w, self.c, self.dtype) = (n, h, w, c, dtype)
  }
}

/// For each output position, which input positions it is mixed from and how much.
package struct Filter: Sendable {
  package struct Tap: Sendable {
    package let source: Int
    package let weight: Float

    package init(source: Int, weight: Float) { (self.source, self.weight) = (source, weight) }
  }
  package let taps: [[Tap]]

  package init(taps: [[Tap]]) { self.taps = taps }

  package var count: Int { taps.count }
}
