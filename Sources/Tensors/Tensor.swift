package import NegativeSpaceKernels

/// An immutable, contiguous, row-major array of numbers that may remember how it was made.
///
/// Pictures are channels-last: (N, H, W, C); video is (B, F, H, W, C), which read as (B·F, H, W, C) is a batch of
/// pictures. Mistakes in shapes are the caller's and trap with both shapes named; nothing here depends on outside
/// input.
package struct Tensor: Sendable {
  package let storage: Storage
  /// Sizes along each axis; empty for a scalar.
  package let shape: [Int]
  package let dtype: DataType
  /// Record of how this value was made; nil unless a gradient through it is wanted.
  package let node: Node?

  package init(storage: Storage, shape: [Int], dtype: DataType, node: Node? = nil) {
    let needed = shape.reduce(1, *) * dtype.byteCount
    precondition(
      storage.byteCount >= needed, "tensor \(shape) needs \(needed) bytes, its storage has \(storage.byteCount)")
    self.storage = storage
    self.shape = shape
    self.dtype = dtype
    self.node = node
  }

  /// A tensor whose elements `fill` writes; every element must be written.
  package init(shape: [Int], dtype: DataType = .float32, fill: (UnsafeMutableRawPointer) -> Void) {
    let storage = Storage(byteCount: shape.reduce(1, *) * dtype.byteCount)
    fill(storage.pointer)
    self.init(storage: storage, shape: shape, dtype: dtype)
  }

  /// Number of elements.
  package var count: Int { shape.reduce(1, *) }

  /// Number of axes.
  package var rank: Int { shape.count }

  /// Size of the axis; negative counts from the end.
  package func size(_ axis: Int) -> Int { shape[axis < 0 ? axis + shape.count : axis] }

  package var pointer: UnsafeMutableRawPointer { storage.pointer }

  /// This tensor as the weights of a product or convolution: constant unless it is being learned.
  var operand: WeightOperand { needsGradient ? .changing(pointer) : .constant(storage) }
}

// MARK: Making and reading

extension Tensor {
  /// Float32 elements in row-major order.
  package init(_ values: [Float], shape: [Int]) {
    precondition(values.count == shape.reduce(1, *), "\(values.count) values do not fill \(shape)")
    self.init(shape: shape) { pointer in
      values.withUnsafeBytes { bytes in
        if let base = bytes.baseAddress { pointer.copyMemory(from: base, byteCount: bytes.count) }
      }
    }
  }

  /// Every element the same.
  package init(repeating value: Float, shape: [Int], dtype: DataType = .float32) {
    if value == 0 {
      let byteCount = shape.reduce(1, *) * dtype.byteCount
      self.init(shape: shape, dtype: dtype) { $0.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount) }
      return
    }
    let full = Tensor(shape: shape) { pointer in
      pointer.assumingMemoryBound(to: Float.self).update(repeating: value, count: shape.reduce(1, *))
    }
    self = dtype == .float32 ? full : full.cast(to: dtype)
  }

  package static func zeros(_ shape: [Int], dtype: DataType = .float32) -> Tensor {
    Tensor(repeating: 0, shape: shape, dtype: dtype)
  }

  /// The elements as float32, in row-major order.
  package var floats: [Float] {
    let source = cast(to: .float32)
    return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      if let base = buffer.baseAddress {
        UnsafeMutableRawPointer(base).copyMemory(from: source.pointer, byteCount: count * 4)
      }
      initialized = count
    }
  }

  /// The single element of a tensor of one element.
  package var item: Float {
    precondition(count == 1, "item: \(shape) has \(count) elements, not one")
    return floats[0]
  }

  /// The same value cut off from how it was made: no gradient flows through it.
  package var detached: Tensor { Tensor(storage: storage, shape: shape, dtype: dtype) }

  /// The same value as a leaf that gradients can be asked for.
  package var requiringGradient: Tensor {
    Tensor(storage: storage, shape: shape, dtype: dtype, node: Node(kind: .leaf))
  }
}
