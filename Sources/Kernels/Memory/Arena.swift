/// Places for buffers in a few large regions: the smallest gap that fits, and gaps side by side become one.
///
/// It only keeps account: addresses are numbers here, and who asks brings regions and takes them away.
struct Arena {
  private struct Block {
    var address: UInt
    var size: Int
    var end: UInt { address + UInt(size) }
  }

  /// By their addresses; no two of one region touch.
  private var gaps: [Block] = []
  /// Sizes by addresses.
  private var regions: [UInt: Int] = [:]

  /// A place of `size` bytes, or nil where no gap is large enough.
  mutating func take(_ size: Int) -> UInt? {
    var best: Int?
    for (index, gap) in gaps.enumerated() where gap.size >= size {
      if gap.size == size {
        best = index
        break
      }
      if best.map({ gap.size < gaps[$0].size }) ?? true { best = index }
    }
    guard let best else { return nil }
    let address = gaps[best].address
    if gaps[best].size == size {
      gaps.remove(at: best)
    } else {
      gaps[best].address += UInt(size)
      gaps[best].size -= size
    }
    return address
  }

  /// Returns a place, with the size that it was asked for.
  mutating func giveBack(_ address: UInt, _ size: Int) {
    var low = 0
    var high = gaps.count
    while low < high {
      let middle = (low + high) / 2
      if gaps[middle].address < address { low = middle + 1 } else { high = middle }
    }
    var block = Block(address: address, size: size)
    // Neighbouring regions are given back one by one: no gap reaches from one into the next.
    if low < gaps.count, gaps[low].address == block.end, regions[block.end] == nil {
      block.size += gaps.remove(at: low).size
    }
    if low > 0, gaps[low - 1].end == address, regions[address] == nil {
      gaps[low - 1].size += block.size
    } else {
      gaps.insert(block, at: low)
    }
  }

  /// Adds a region, all of it free.
  mutating func add(_ address: UInt, _ size: Int) {
    regions[address] = size
    giveBack(address, size)
  }

  /// Forgets the regions of which nothing is in use, and says which.
  mutating func removeIdle() -> [(address: UInt, size: Int)] {
    let idle = gaps.filter { regions[$0.address] == $0.size }
    gaps.removeAll { regions[$0.address] == $0.size }
    for region in idle { regions[region.address] = nil }
    return idle.map { ($0.address, $0.size) }
  }
}
