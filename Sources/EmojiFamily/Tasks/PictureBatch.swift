package import NegativeSpaceEmojiWorld
import NegativeSpaceKernels
package import NegativeSpaceTensors

/// Rendered pictures as a network sees them.
package enum PictureBatch {
  /// Pictures (N, H, W, 3) in [-1, 1] from canvases in [0, 1].
  package static func tensor(_ canvases: [Canvas]) -> Tensor {
    guard let first = canvases.first else { preconditionFailure("a batch of no pictures") }
    var values: [Float] = []
    values.reserveCapacity(canvases.count * first.values.count)
    for canvas in canvases { values.append(contentsOf: canvas.values) }
    return Tensor(values, shape: [canvases.count, first.height, first.width, 3]) * 2 - 1
  }

  /// The canvas of one picture (H, W, 3) or (1, H, W, 3) in [-1, 1].
  package static func canvas(_ picture: Tensor) -> Canvas {
    Canvas(
      width: picture.size(-2), height: picture.size(-3),
      values: picture.floats.map { min(max($0 * 0.5 + 0.5, 0), 1) })
  }

  /// Samples rendered on all cores, in the order of their indices.
  package static func samples(_ dataset: Dataset, _ indices: Range<Int>) -> [Dataset.Sample] {
    rendered(indices) { dataset.image(at: $0) }
  }

  /// Clips rendered on all cores, in the order of their indices.
  package static func clips(_ dataset: Dataset, _ indices: Range<Int>, frames: Int) -> [Dataset.Clip] {
    rendered(indices) { dataset.clip(at: $0, frames: frames) }
  }

  private static func rendered<Item: Sendable>(
    _ indices: Range<Int>, _ render: @Sendable (Int) -> Item
  ) -> [Item] {
    let slots = Slots<Item>(indices.count)
    parallel(indices.count) { range in
      for offset in range { slots.set(render(indices.lowerBound + offset), at: offset) }
    }
    return slots.items
  }

  /// One place for each result of a parallel loop; every part writes its own places.
  private final class Slots<Item>: @unchecked Sendable {
    private let storage: UnsafeMutablePointer<Item?>
    private let count: Int

    init(_ count: Int) {
      self.count = count
      storage = .allocate(capacity: count)
      storage.initialize(repeating: nil, count: count)
    }

    func set(_ item: Item, at index: Int) { storage[index] = item }
    var items: [Item] { (0..<count).compactMap { storage[$0] } }

    deinit {
      storage.deinitialize(count: count)
      storage.deallocate()
    }
  }
}
