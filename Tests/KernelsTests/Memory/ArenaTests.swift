import Testing

@testable import NegativeSpaceKernels

@Suite struct ArenaTests {
  /// Takes from the arena, and brings a region where it has no place, as the pool does.
  private struct World {
    var arena = Arena()
    var regions: [Range<UInt>] = []

    mutating func take(_ size: Int) throws -> Range<UInt> {
      if let found = arena.take(size) { return found..<(found + UInt(size)) }
      // Each region begins where the last one ends: none must grow into the next.
      let start = regions.last?.upperBound ?? 1 << 20
      let length = max(64 << 10, size)
      regions.append(start..<(start + UInt(length)))
      arena.add(start, length)
      let found = arena.take(size)
      let address = try #require(found)
      return address..<(address + UInt(size))
    }
  }

  @Test(arguments: 1...5 as ClosedRange<UInt64>)
  func `places never overlap, lie inside of regions, and all regions are idle in the end`(seed: UInt64) throws {
    var world = World()
    var state = seed
    func random(_ below: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % below
    }
    var live: [Range<UInt>] = []
    for _ in 0..<3000 {
      if live.isEmpty || random(5) < 3 && live.count < 60 {
        let place = try world.take(4096 * (1 + random(24)))
        #expect(!live.contains { $0.overlaps(place) })
        #expect(world.regions.contains { $0.contains(place.lowerBound) && place.upperBound <= $0.upperBound })
        live.append(place)
      } else {
        let place = live.remove(at: random(live.count))
        world.arena.giveBack(place.lowerBound, place.count)
      }
    }
    // A region with something in it stays.
    let busy = live.isEmpty ? 0 : world.regions.count { region in live.contains { region.overlaps($0) } }
    let idle = world.arena.removeIdle().map(\.address)
    #expect(idle.count == world.regions.count - busy)
    for place in live { world.arena.giveBack(place.lowerBound, place.count) }
    let rest = world.arena.removeIdle().map(\.address)
    #expect(Set(idle + rest) == Set(world.regions.map(\.lowerBound)))
    let nothing = world.arena.take(4096)
    #expect(nothing == nil)
  }

  @Test func `the smallest gap that fits is taken, and neighbours become one`() {
    var arena = Arena()
    arena.add(0x10_0000, 10 * 4096)
    let places = (0..<5).compactMap { _ in arena.take(2 * 4096) }
    #expect(places.count == 5)
    let full = arena.take(4096)
    #expect(full == nil)
    arena.giveBack(places[0], 2 * 4096)
    arena.giveBack(places[3], 2 * 4096)
    arena.giveBack(places[4], 2 * 4096)
    // Two gaps: of 2 pages at the beginning, of 4 at the end.
    let taken = [arena.take(2 * 4096), arena.take(3 * 4096), arena.take(2 * 4096)]
    #expect(taken == [places[0], places[3], nil])
  }
}
