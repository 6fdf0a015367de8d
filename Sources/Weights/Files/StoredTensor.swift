import NegativeSpaceKernels
import NegativeSpaceTensors

/// A tensor's bytes, in a mapped file as a rule, and their way into the engine's types.
package struct StoredTensor: @unchecked Sendable {
  package let entry: TensorEntry
  /// Exactly the elements, row-major, little-endian; not necessarily aligned.
  let bytes: UnsafeRawBufferPointer
  /// The blocks that hold the elements, which are float32 as soon as they are read; nil where they lie as they are.
  var blocks: BlockType?
  /// Keeps `bytes` alive.
  let owner: AnyObject

  /// Calls `use` with the elements as `type`; false, without calling it, if a finite number becomes infinite in it.
  func withBytes(as type: ElementType, _ use: (UnsafeRawBufferPointer) throws -> Void) throws -> Bool {
    // The owner, not only its pointer, must live while it is used.
    try withExtendedLifetime(owner) {
      switch type {
      case entry.type where blocks == nil: try use(bytes)
      case .float16:
        let source = tensor(as: .float32)
        let halves = source.floats.map { roundedToFloat16($0.bitPattern) }
        let isOverflown = zip(source.floats, halves).contains { $0.isFinite && $1 & 0x7FFF == 0x7C00 }
        if isOverflown { return false }
        try halves.withUnsafeBytes(use)
      default:
        let converted = tensor(as: type == .bfloat16 ? .bfloat16 : .float32)
        try withExtendedLifetime(converted) {
          let count = converted.count * converted.dtype.byteCount
          try use(UnsafeRawBufferPointer(start: converted.pointer, count: count))
        }
      }
      return true
    }
  }

  /// Row `range.lowerBound` up to `range.upperBound` along the first axis, which is that long.
  func rows(_ range: Range<Int>) -> StoredTensor {
    // A row may end within a block.
    if let blocks, entry.shape.dropFirst().reduce(1, *) % blocks.count != 0 { return decoded.rows(range) }
    let row = entry.shape[0] == 0 ? 0 : bytes.count / entry.shape[0]
    return StoredTensor(
      entry: TensorEntry(type: entry.type, shape: [range.count] + entry.shape.dropFirst()),
      bytes: UnsafeRawBufferPointer(rebasing: bytes[range.lowerBound * row..<range.upperBound * row]), blocks: blocks,
      owner: owner)
  }

  /// A matrix with rows and columns exchanged: a copy.
  var transposed: StoredTensor {
    precondition(entry.shape.count == 2, "cannot exchange the axes of \(entry.shape)")
    if blocks != nil { return decoded.transposed }
    let (rows, columns) = (entry.shape[0], entry.shape[1])
    return withExtendedLifetime(owner) {
      let copy = GatheredBytes(
        bytes, width: entry.type.byteCount, offset: 0, shape: [columns, rows], strides: [1, columns])
      return StoredTensor(
        entry: TensorEntry(type: entry.type, shape: [columns, rows]), bytes: copy.bytes, owner: copy)
    }
  }

  /// The same elements out of their blocks.
  private var decoded: StoredTensor {
    let tensor = tensor(as: .float32)
    let bytes = UnsafeRawBufferPointer(start: tensor.pointer, count: tensor.count * tensor.dtype.byteCount)
    return StoredTensor(entry: entry, bytes: bytes, owner: tensor.storage)
  }

  /// The elements in `dtype`, borrowed from the file where it stores just that at an aligned place.
  func tensor(as dtype: DataType) -> Tensor {
    borrowed(dtype) ?? Tensor(shape: entry.shape, dtype: dtype) { converted(to: dtype, at: $0) }
  }

  /// The same for weights, most of which are read once, to be packed: out of a mapped file they are converted when they
  /// are needed, and as often.
  func weight(as dtype: DataType) -> Tensor {
    guard owner is MappedFile else { return tensor(as: dtype) }
    return borrowed(dtype)
      ?? Tensor(
        storage: Storage(byteCount: entry.count * dtype.byteCount) { converted(to: dtype, at: $0) },
        shape: entry.shape, dtype: dtype)
  }

  /// True if all elements are finite, and stay so in `dtype`.
  func isFinite(as dtype: DataType) -> Bool {
    defer { release() }
    if blocks != nil { return tensor(as: dtype).isFinite }
    switch entry.type {
    // The least float32 that bfloat16 rounds to infinity.
    case .float32: return largestMagnitude(bytes, elementBytes: 4) < (dtype == .bfloat16 ? 0x7F7F_8000 : 0x7F80_0000)
    case .float16: return largestMagnitude(bytes, elementBytes: 2) < 0x7C00
    case .bfloat16: return largestMagnitude(bytes, elementBytes: 2) < 0x7F80
    case .float64, .float8E4M3, .float8E5M2, .float8E4M3FNUZ, .float8E5M2FNUZ: return tensor(as: dtype).isFinite
    case .int64, .int32, .int16, .int8, .uint64, .uint32, .uint16, .uint8, .bool: return true
    }
  }

  private func borrowed(_ dtype: DataType) -> Tensor? {
    guard blocks == nil, entry.type.native == dtype, let base = bytes.baseAddress,
      Int(bitPattern: base) % dtype.byteCount == 0
    else { return nil }
    let storage = Storage(
      borrowing: UnsafeMutableRawPointer(mutating: base), byteCount: bytes.count, owner: owner, rest: { release() })
    return Tensor(storage: storage, shape: entry.shape, dtype: dtype)
  }

  /// Says that the bytes will not be read for a while.
  private func release() { (owner as? MappedFile)?.release(bytes) }

  private func converted(to dtype: DataType, at target: UnsafeMutableRawPointer) {
    convert(to: dtype, at: target)
    release()
  }

  private func convert(to dtype: DataType, at target: UnsafeMutableRawPointer) {
    if let blocks { return decode(blocks, to: dtype, at: target) }
    let source = ElementReader(bytes)
    switch (entry.type, dtype) {
    case (.float32, .bfloat16): source.convert(UInt32.self, to: target) { roundedToBFloat16($0) }
    case (.float16, .bfloat16): source.convert(UInt16.self, to: target) { roundedToBFloat16(float32Bits(half: $0)) }
    case (.float16, .float32): source.convert(UInt16.self, to: target) { float32Bits(half: $0) }
    case (.bfloat16, .float32): source.convert(UInt16.self, to: target) { UInt32($0) << 16 }
    case (.float32, .float32): source.convert(UInt32.self, to: target) { $0 }
    case (.bfloat16, .bfloat16): source.convert(UInt16.self, to: target) { $0 }
    case (.float8E4M3, _): store8(source, dtype, target) { float32Bits(e4m3: $0) }
    case (.float8E5M2, _): store8(source, dtype, target) { float32Bits(half: UInt16($0) &<< 8) }
    case (.float8E4M3FNUZ, _): store8(source, dtype, target) { float32Bits(fnuz: $0, mantissa: 3) }
    case (.float8E5M2FNUZ, _): store8(source, dtype, target) { float32Bits(fnuz: $0, mantissa: 2) }
    case (.float64, _): store(source, UInt64.self, dtype, target) { Float(Double(bitPattern: $0)) }
    case (.int64, _): store(source, Int64.self, dtype, target) { Float($0) }
    case (.int32, _): store(source, Int32.self, dtype, target) { Float($0) }
    case (.int16, _): store(source, Int16.self, dtype, target) { Float($0) }
    case (.int8, _): store(source, Int8.self, dtype, target) { Float($0) }
    case (.uint64, _): store(source, UInt64.self, dtype, target) { Float($0) }
    case (.uint32, _): store(source, UInt32.self, dtype, target) { Float($0) }
    case (.uint16, _): store(source, UInt16.self, dtype, target) { Float($0) }
    case (.uint8, _): store(source, UInt8.self, dtype, target) { Float($0) }
    case (.bool, _): store(source, UInt8.self, dtype, target) { $0 == 0 ? 0 : 1 }
    }
  }

  private func store<Element: BitwiseCopyable & Sendable>(
    _ source: ElementReader, _ type: Element.Type, _ dtype: DataType, _ target: UnsafeMutableRawPointer,
    _ value: @escaping @Sendable (Element) -> Float
  ) {
    switch dtype {
    case .float32: source.convert(type, to: target) { value($0).bitPattern }
    case .bfloat16: source.convert(type, to: target) { roundedToBFloat16(value($0).bitPattern) }
    }
  }

  private func store8(
    _ source: ElementReader, _ dtype: DataType, _ target: UnsafeMutableRawPointer,
    _ bits: @escaping @Sendable (UInt8) -> UInt32
  ) {
    store(source, UInt8.self, dtype, target) { Float(bitPattern: bits($0)) }
  }

  /// The elements as whole numbers; nil for fractions and for what does not fit.
  var integers: [Int64]? {
    let source = ElementReader(bytes)
    switch entry.type {
    case .int64: return source.elements(Int64.self) { $0 }
    case .int32: return source.elements(Int32.self) { Int64($0) }
    case .int16: return source.elements(Int16.self) { Int64($0) }
    case .int8: return source.elements(Int8.self) { Int64($0) }
    case .uint64:
      let values = source.elements(UInt64.self) { $0 }
      return values.allSatisfy { $0 <= UInt64(Int64.max) } ? values.map { Int64($0) } : nil
    case .uint32: return source.elements(UInt32.self) { Int64($0) }
    case .uint16: return source.elements(UInt16.self) { Int64($0) }
    case .uint8: return source.elements(UInt8.self) { Int64($0) }
    case .bool: return source.elements(UInt8.self) { $0 == 0 ? 0 : 1 }
    case .float64, .float32, .float16, .bfloat16: return nil
    case .float8E4M3, .float8E5M2, .float8E4M3FNUZ, .float8E5M2FNUZ: return nil
    }
  }
}
