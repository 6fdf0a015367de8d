/// The beginning of a GGUF file: what it says of itself, and its tensors; checked before it is believed.
///
/// Format, all of it little-endian: `GGUF`, version, number of tensors, number of keys; the keys with their values; name,
/// sizes, type and offset of each tensor; their bytes (ggml's docs/gguf.md).
struct GGUFHeader {
  static let signature = Array("GGUF".utf8)
  /// Those with numbers of 64 bits.
  static let versions: ClosedRange<UInt32> = 2...3
  /// ggml's own has 4, stable-diffusion.cpp's 5.
  static let rankLimit = 8

  /// What the header says of one tensor.
  struct Tensor {
    let name: String
    /// The innermost axis first.
    let sizes: [Int]
    let type: UInt32
    /// From the first of all tensors' bytes.
    let offset: Int
  }

  let values: GGUFValues
  private(set) var tensors: [Tensor] = []
  /// Where the tensors' bytes begin.
  let dataStart: Int
  /// Every tensor begins at a multiple of so many bytes.
  let alignment: Int

  /// - Throws: `ByteFailure`; `TensorFileError.unsupportedFormat` for other versions and machines.
  init(_ bytes: UnsafeRawBufferPointer, file: String) throws {
    var cursor = ByteCursor(bytes, 0..<bytes.count)
    _ = try cursor.take(Self.signature.count)
    let version = try cursor.number(UInt32.self)
    guard Self.versions.contains(version) else {
      let isSwapped = Self.versions.contains(version.byteSwapped)
      throw TensorFileError.unsupportedFormat(
        file: file, format: isSwapped ? "a GGUF file of a big-endian machine" : "a GGUF file of version \(version)",
        hint: "Look for the same model in version 2 or 3\(isSwapped ? ", little-endian" : "").")
    }
    let tensorCount = try cursor.count(UInt64.self)
    let valueCount = try cursor.count(UInt64.self)
    // A key takes 13 bytes at least, a tensor 24.
    guard valueCount <= (bytes.count - cursor.position) / 13 else {
      throw cursor.failure("\(valueCount) keys are announced, more than fit")
    }
    values = try GGUFValues(&cursor, count: valueCount)
    guard tensorCount <= (bytes.count - cursor.position) / 24 else {
      throw cursor.failure("\(tensorCount) tensors are announced, more than fit")
    }
    for _ in 0..<tensorCount { tensors.append(try Self.tensor(&cursor)) }

    let alignment = values.number("general.alignment") ?? 32
    guard (1...1 << 20).contains(alignment), alignment & (alignment - 1) == 0 else {
      throw cursor.failure("an alignment of \(alignment) bytes")
    }
    self.alignment = alignment
    // A file without tensors may end here.
    dataStart = (cursor.position + alignment - 1) / alignment * alignment
  }

  private static func tensor(_ cursor: inout ByteCursor) throws(ByteFailure) -> Tensor {
    let name = cursor.text(try cursor.take(cursor.count(UInt64.self)))
    let start = cursor.position
    let rank = try cursor.number(UInt32.self)
    guard rank <= UInt32(rankLimit) else {
      throw ByteFailure(reason: "\(name.prefix(60)) has \(rank) axes", byte: start)
    }
    var sizes: [Int] = []
    for _ in 0..<rank { sizes.append(try cursor.count(UInt64.self)) }
    return Tensor(
      name: name, sizes: sizes, type: try cursor.number(UInt32.self), offset: try cursor.count(UInt64.self))
  }
}
