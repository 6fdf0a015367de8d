/// A tensor's elements copied together from where they lie apart: transposed and sliced views in PyTorch's files.
final class GatheredBytes: @unchecked Sendable {
  let bytes: UnsafeRawBufferPointer
  private let memory: UnsafeMutableRawBufferPointer

  /// - Parameters:
  ///   - source: the storage; every place that `shape`, `strides` and `offset` lead to is within it.
  ///   - width: bytes of an element.
  ///   - offset: elements before the first.
  init(_ source: UnsafeRawBufferPointer, width: Int, offset: Int, shape: [Int], strides: [Int]) {
    let count = shape.reduce(1, *)
    memory = .allocate(byteCount: max(count * width, 1), alignment: 64)
    bytes = UnsafeRawBufferPointer(start: memory.baseAddress, count: count * width)
    guard count > 0, let target = memory.baseAddress, let base = source.baseAddress else { return }

    // An odometer over the axes, the last one fastest.
    var index = Array(repeating: 0, count: shape.count)
    var place = offset
    for element in 0..<count {
      (target + element * width).copyMemory(from: base + place * width, byteCount: width)
      var axis = shape.count - 1
      while axis >= 0 {
        index[axis] += 1
        place += strides[axis]
        if index[axis] < shape[axis] { break }
        place -= strides[axis] * shape[axis]
        index[axis] = 0
        axis -= 1
      }
    }
  }

  deinit { memory.deallocate() }
}
