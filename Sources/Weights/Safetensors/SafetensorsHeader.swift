import NegativeSpaceConfiguration

/// The header of a safetensors file, checked against the file's length.
///
/// Format: 8 bytes header length (little-endian), that many bytes of JSON, then the elements. Every byte of the
/// elements belongs to exactly one tensor (https://github.com/huggingface/safetensors#format).
struct SafetensorsHeader {
  struct Place {
    let entry: TensorEntry
    /// In the whole file.
    let bytes: Range<Int>
  }

  /// The reference implementation's limit.
  static let sizeLimit = 100_000_000
  /// PyTorch itself has no tensors of more axes.
  static let rankLimit = 64

  private(set) var places: [String: Place] = [:]
  private(set) var metadata: [String: String] = [:]

  /// - Throws: `TensorFileError` for anything that does not fit together.
  init(_ bytes: UnsafeRawBufferPointer, file: String) throws(TensorFileError) {
    guard bytes.count >= 8 else { throw .truncated(file: file, bytes: bytes.count, needed: 8) }
    let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    guard length <= UInt64(Self.sizeLimit) else {
      throw .headerTooLarge(file: file, bytes: length, limit: Self.sizeLimit)
    }
    guard length <= UInt64(bytes.count - 8) else {
      throw .truncated(file: file, bytes: bytes.count, needed: length + 8)
    }
    let start = 8 + Int(length)
    guard bytes.count > 8, bytes[8] == UInt8(ascii: "{") else {
      throw .malformedHeader(file: file, reason: "it does not begin with \"{\"", byte: 8)
    }

    let raw: [String: RawEntry?]
    do {
      raw = try read(UnsafeRawBufferPointer(rebasing: bytes[8..<start]))
    } catch {
      throw .malformedHeader(file: file, reason: error.reason, byte: error.byte + 8)
    }
    for case (let name, let entry?) in raw { places[name] = try entry.place(of: name, from: start, file: file) }
    try Self.checkCover(places, from: start, to: bytes.count, file: file)
  }

  /// - Returns: the tensors, and nil for what is none.
  private mutating func read(
    _ text: UnsafeRawBufferPointer
  ) throws(JSONScanner.Failure) -> [String: RawEntry?] {
    var metadata: [String: String] = [:]
    var scanner = JSONScanner(text)
    let raw = try scanner.object { name, scanner throws(JSONScanner.Failure) -> RawEntry? in
      guard name == "__metadata__" else { return try RawEntry(&scanner) }
      if scanner.takeNull() { return nil }
      metadata = try scanner.object { _, scanner throws(JSONScanner.Failure) in try scanner.string() }
      return nil
    }
    try scanner.expectEnd()
    self.metadata = metadata
    return raw
  }

  /// Every byte from `start` to `end` must belong to one tensor.
  private static func checkCover(
    _ places: [String: Place], from start: Int, to end: Int, file: String
  ) throws(TensorFileError) {
    let order = places.sorted {
      ($0.value.bytes.lowerBound, $0.value.bytes.upperBound, $0.key)
        < ($1.value.bytes.lowerBound, $1.value.bytes.upperBound, $1.key)
    }
    var covered = start
    var last = ""
    for (name, place) in order {
      if place.bytes.lowerBound < covered { throw .overlapping(file: file, tensor: name, other: last) }
      if place.bytes.lowerBound > covered {
        throw .uncovered(file: file, from: covered, to: min(place.bytes.lowerBound, end))
      }
      if place.bytes.upperBound > end {
        throw .truncated(file: file, bytes: end, needed: UInt64(place.bytes.upperBound))
      }
      covered = place.bytes.upperBound
      last = name
    }
    if covered < end { throw .uncovered(file: file, from: covered, to: end) }
  }
}

/// The header's entry of one tensor, before it is believed.
private struct RawEntry {
  var type: String?
  var shape: [Int]?
  var offsets: [Int]?

  init(_ scanner: inout JSONScanner) throws(JSONScanner.Failure) {
    var (type, shape, offsets): (String?, [Int]?, [Int]?) = (nil, nil, nil)
    try scanner.object { key, scanner throws(JSONScanner.Failure) in
      switch key {
      case "dtype": type = try scanner.string()
      case "shape": shape = try Self.sizes(&scanner, limit: SafetensorsHeader.rankLimit)
      case "data_offsets": offsets = try Self.sizes(&scanner, limit: 2)
      // Others may say more; safetensors itself passes it over.
      default: try scanner.skipValue()
      }
    }
    (self.type, self.shape, self.offsets) = (type, shape, offsets)
  }

  private static func sizes(_ scanner: inout JSONScanner, limit: Int) throws(JSONScanner.Failure) -> [Int] {
    var sizes: [Int] = []
    try scanner.array { scanner throws(JSONScanner.Failure) in
      guard sizes.count < limit else { throw scanner.failure("more than \(limit) numbers") }
      guard let size = Int(try scanner.number()), size >= 0 else {
        throw scanner.failure("a whole number of at least 0 expected")
      }
      sizes.append(size)
    }
    return sizes
  }

  func place(of name: String, from start: Int, file: String) throws(TensorFileError) -> SafetensorsHeader.Place {
    func malformed(_ reason: String) -> TensorFileError { .malformedTensor(file: file, tensor: name, reason: reason) }
    guard let typeName = type else { throw malformed("its type is missing") }
    guard let shape else { throw malformed("its shape is missing") }
    guard let offsets, offsets.count == 2 else { throw malformed("its place in the file is missing") }
    guard let type = ElementType(rawValue: typeName) else {
      throw .unknownType(file: file, tensor: name, type: String(typeName.prefix(40)))
    }
    guard let needed = TensorEntry.byteCount(shape, type) else {
      throw malformed("the shape \(shape) is beyond any memory")
    }
    guard offsets[1] >= offsets[0], offsets[1] <= Int.max - start else {
      throw malformed("its place is from byte \(offsets[0]) to \(offsets[1])")
    }
    guard offsets[1] - offsets[0] == needed else {
      throw malformed("\(typeName) \(shape) has \(needed) bytes, its place \(offsets[1] - offsets[0])")
    }
    return SafetensorsHeader.Place(
      entry: TensorEntry(type: type, shape: shape), bytes: offsets[0] + start..<offsets[1] + start)
  }
}
