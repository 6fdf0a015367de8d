package import NegativeSpaceTensors

/// Large pictures decoded piece by piece, so that memory is that of one piece: diffusers' `tiled_decode`.
///
/// Pieces overlap by a quarter and are blended there. A piece does not see the others: shades may differ a little from
/// a decoding as a whole.
extension AutoencoderKL {
  /// Pictures (N, H·factor, W·factor, outChannels), nearly in -1…1, of latents (N, H, W, latentChannels).
  ///
  /// - Parameter edge: pixels of a piece's edge.
  package func decodeInTiles(_ latents: Tensor, edge: Int = 512) -> Tensor {
    let tiles = AutoencoderTiles(edge: edge, factor: configuration.factor)
    let (height, width) = (latents.size(1), latents.size(2))
    guard height > tiles.latents || width > tiles.latents else { return decode(latents) }
    var rows: [Tensor] = []
    var above: [Tensor] = []
    for top in stride(from: 0, to: height, by: tiles.step) {
      var row: [Tensor] = []
      for left in stride(from: 0, to: width, by: tiles.step) {
        let part = latents.slice(axis: 1, from: top, to: min(height, top + tiles.latents))
          .slice(axis: 2, from: left, to: min(width, left + tiles.latents))
        var tile = decode(part)
        if !above.isEmpty { tile = tiles.blended(above[row.count], into: tile, axis: 1) }
        if let before = row.last { tile = tiles.blended(before, into: tile, axis: 2) }
        row.append(tile)
      }
      rows.append(Tensor.concatenate(row.map { tiles.kept($0) }, axis: 2))
      above = row
    }
    return Tensor.concatenate(rows, axis: 1)
  }
}

/// The division of a picture into overlapping pieces.
private struct AutoencoderTiles {
  /// Edge of a piece and distance to the next one, in latents.
  let latents: Int
  let step: Int
  /// Pixels over which neighbours are blended, and pixels that a piece keeps before its neighbour's begin.
  private let blend: Int
  private let limit: Int

  private static let overlap = 0.25

  init(edge: Int, factor: Int) {
    latents = max(1, edge / factor)
    step = max(1, Int(Double(latents) * (1 - Self.overlap)))
    blend = Int(Double(edge) * Self.overlap)
    limit = edge - blend
  }

  /// The part of a piece that stays beside its right and lower neighbours.
  func kept(_ tile: Tensor) -> Tensor {
    tile.slice(axis: 1, from: 0, to: min(limit, tile.size(1))).slice(axis: 2, from: 0, to: min(limit, tile.size(2)))
  }

  /// `tile` that begins as the end of `before` and becomes itself along `axis`.
  func blended(_ before: Tensor, into tile: Tensor, axis: Int) -> Tensor {
    let extent = min(before.size(axis), tile.size(axis), blend)
    guard extent > 0 else { return tile }
    let weights = Tensor(
      (0..<extent).map { Float($0) / Float(extent) }, shape: axis == 1 ? [1, extent, 1, 1] : [1, 1, extent, 1])
    let end = before.slice(axis: axis, from: before.size(axis) - extent, to: before.size(axis))
    // Neighbours at the lower and right border may be shorter along the other axis; both are cut at the same place.
    let begin = tile.slice(axis: axis, from: 0, to: extent)
    let rest = tile.slice(axis: axis, from: extent, to: tile.size(axis))
    return Tensor.concatenate([end * (1 - weights) + begin * weights, rest], axis: axis)
  }
}
