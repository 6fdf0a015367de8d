/// A binary heap of possible merges: lowest rank first, leftmost among equals.
struct MergeQueue {
  struct Candidate {
    let rank: Int
    let position: Int
    let result: Int

    func comes(before other: Candidate) -> Bool { (rank, position) < (other.rank, other.position) }
  }

  private var heap: [Candidate] = []

  mutating func insert(_ candidate: Candidate) {
    heap.append(candidate)
    var child = heap.count - 1
    while child > 0, heap[child].comes(before: heap[(child - 1) / 2]) {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func popFirst() -> Candidate? {
    guard let first = heap.first else { return nil }
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var parent = 0
    while true {
      let children = (2 * parent + 1)..<min(2 * parent + 3, max(heap.count, 2 * parent + 1))
      guard let least = children.min(by: { heap[$0].comes(before: heap[$1]) }),
        heap[least].comes(before: heap[parent])
      else { return first }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
