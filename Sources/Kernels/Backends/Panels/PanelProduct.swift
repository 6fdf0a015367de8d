import NegativeSpaceCKernels

/// c (m, n) = rows (m, k) · panels + bias, in float32 whatever is stored.
///
/// Blocks of rows that stay in the second cache level go over all panels, one slice of k after the other; bfloat16 is
/// widened on the way in, a slice of a panel at a time, and rounded on the way out, when all slices are summed.
struct PanelProduct: Sendable {
  let m: Int
  let n: Int
  let k: Int
  /// Elements between the result's rows.
  let resultStride: Int
  let element: PanelElement
  let resultType: DataType

  /// Rows of a block: whole tiles.
  private static let mostRows = 384
  /// Of k: the block of the result, which is added to for each slice, is larger than what the caches hold.
  private static let longestSlice = 1280

  /// `operands` has the panels as b, and a is not read.
  func run(_ rows: ProductRows, _ operands: Operands) {
    let blocks = Blocks(m: m, n: n, mostRows: Self.mostRows)
    let slices = ranges(k, max(1, (k + Self.longestSlice - 1) / Self.longestSlice))
    let longest = slices.map(\.count).max() ?? 0
    parallel(blocks.count) { range in
      let workspace = Workspace(self, longestSlice: longest, blocks)
      withExtendedLifetime(workspace) {
        for index in range {
          let (m, n) = blocks[index]
          multiply(rows, operands, m, n, slices, workspace)
        }
      }
    }
  }

  /// One block of the result.
  private func multiply(
    _ rows: ProductRows, _ operands: Operands, _ m: Range<Int>, _ n: Range<Int>, _ slices: [Range<Int>],
    _ workspace: Workspace
  ) {
    let place = m.lowerBound * resultStride + n.lowerBound
    let sums = workspace.sums ?? operands.c.assumingMemoryBound(to: Float.self) + place
    let stride = workspace.sums == nil ? resultStride : n.count
    for slice in slices {
      var a = (UnsafePointer(workspace.rows), stride: workspace.rowStride)
      if let inPlace = rows.inPlace(row: m.lowerBound, column: slice.lowerBound) {
        a = inPlace
      } else {
        rows.gather(m, slice, into: workspace.rows, stride: workspace.rowStride)
      }
      var shape = ns_panel_product_shape(
        rows: Int64(m.count), outputs: Int64(n.count), k: Int64(slice.count), stride_a: Int64(a.stride),
        stride_c: Int64(stride), panel_stride: Int64(k * PanelPacking.outputs), element: element.rawValue,
        adds: slice.lowerBound > 0 ? 1 : 0)
      let panels = operands.b + (n.lowerBound * k + slice.lowerBound * PanelPacking.outputs) * element.byteCount
      ns_panel_product(&shape, sums, a.0, panels, operands.bias.map { $0 + n.lowerBound }, workspace.wide)
    }
    guard resultType == .bfloat16 else { return }
    let out = operands.c.assumingMemoryBound(to: UInt16.self) + place
    for row in 0..<m.count { ns_to_bfloat16(out + row * resultStride, sums + row * stride, Int64(n.count)) }
  }

  /// Scratch memory of one thread.
  private struct Workspace {
    /// Gathered rows.
    let rows: UnsafeMutablePointer<Float>
    let rowStride: Int
    /// A slice of a panel in float32.
    let wide: UnsafeMutablePointer<Float>
    /// A block of the result, where that is bfloat16.
    let sums: UnsafeMutablePointer<Float>?
    private let buffer: Buffer

    init(_ product: PanelProduct, longestSlice: Int, _ blocks: Blocks) {
      // Not a power of two: rows would fall into the same few places of a cache.
      rowStride = (longestSlice + 15) / 16 * 16 + 16
      let rowCount = blocks.mostRows * rowStride
      let wideCount = product.element == .float32 ? 0 : longestSlice * PanelPacking.outputs
      let sumCount = product.resultType == .bfloat16 ? blocks.mostRows * blocks.mostColumns : 0
      buffer = Buffer((rowCount + wideCount + sumCount) * 4)
      rows = buffer.pointer.assumingMemoryBound(to: Float.self)
      wide = rows + rowCount
      sums = sumCount > 0 ? wide + wideCount : nil
    }
  }
}

/// The blocks of a result (m, n) that threads take: of rows, and of whole panels of columns where there are few rows.
private struct Blocks {
  let mostRows: Int
  let mostColumns: Int
  private let rows: [Range<Int>]
  private let columns: [Range<Int>]

  init(m: Int, n: Int, mostRows: Int) {
    let (threads, fewest) = (Threads.count, (m + mostRows - 1) / mostRows)
    let panels = (n + PanelPacking.outputs - 1) / PanelPacking.outputs
    var (down, across) = (max(1, fewest), 1)
    // Equal shares: blocks of rows in a multiple of the parts that threads take, or of columns too where that would
    // leave few rows for each weight that is read.
    let parts = Threads.partsPerThread * threads
    if threads > 1, m >= parts * mostRows / 2 {
      down = (fewest + parts - 1) / parts * parts
    } else if threads > 1 {
      while down * across < parts || down * across % (2 * threads) != 0 { across += 1 }
    }
    // In whole tiles but for the last one.
    let tiles = (m + 5) / 6
    rows = ranges(tiles, down).map { 6 * $0.lowerBound..<min(m, 6 * $0.upperBound) }
    columns = ranges(panels, max(1, min(across, panels / 2))).map {
      PanelPacking.outputs * $0.lowerBound..<min(n, PanelPacking.outputs * $0.upperBound)
    }
    self.mostRows = rows.map(\.count).max() ?? 0
    mostColumns = columns.map(\.count).max() ?? 0
  }

  var count: Int { rows.count * columns.count }

  subscript(index: Int) -> (m: Range<Int>, n: Range<Int>) {
    (rows[index / columns.count], columns[index % columns.count])
  }
}
