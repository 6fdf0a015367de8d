/// The contents of a file of `torch.save`: a pickle that describes tensors, and the bytes of their storages.
struct TorchContents {
  let tree: TorchTree
  /// Range of each storage's bytes in the file, by its key.
  let storages: [String: Range<Int>]

  private static let convert =
    "Load it in Python and save its state_dict: torch.save(model.state_dict(), path), or safetensors.torch.save_file."

  /// The zip format of PyTorch 1.6 and newer.
  ///
  /// Its entries are `NAME/data.pkl` and, for each storage, `NAME/data/KEY`.
  /// - Throws: `ByteFailure`, `TensorFileError.unsupportedFormat`.
  init(archive bytes: UnsafeRawBufferPointer, file: String) throws {
    let entries = try ZipDirectory(bytes).entries
    guard let pickle = entries.keys.filter({ $0 == "data.pkl" || $0.hasSuffix("/data.pkl") }).min() else {
      let names = entries.keys.sorted().prefix(3).joined(separator: ", ")
      throw TensorFileError.unsupportedFormat(
        file: file, format: "a zip archive (\(names), …) that torch.save did not write",
        hint: "If it holds a model's files, unpack it and name one of them.")
    }
    let folder = String(pickle.dropLast("data.pkl".count))
    if entries.keys.contains(where: { $0 == folder + "constants.pkl" || $0.hasPrefix(folder + "code/") }) {
      throw TensorFileError.unsupportedFormat(file: file, format: "a TorchScript program", hint: Self.convert)
    }
    if let place = entries[folder + "byteorder"], !bytes[place].elementsEqual("little".utf8) {
      throw TensorFileError.unsupportedFormat(
        file: file, format: "a PyTorch file of a big-endian machine", hint: Self.convert)
    }
    var machine = PickleMachine(bytes, entries[pickle] ?? 0..<0)
    let root = try machine.run()
    tree = try TorchTree(machine, root)
    var storages: [String: Range<Int>] = [:]
    for (name, place) in entries where name.hasPrefix(folder + "data/") {
      storages[String(name.dropFirst(folder.count + 5))] = place
    }
    self.storages = storages
  }

  /// The bytes of the number 0x1950A86A20F9469CFC6C, with which legacy files begin.
  private static let magic: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
  private static let protocolVersion = 1001

  /// The format before PyTorch 1.6: pickles of a magic number, a version, the writer's machine, the object and the
  /// storages' keys, then the storages, each behind its count of elements.
  ///
  /// - Throws: `ByteFailure`, `TensorFileError.unsupportedFormat`.
  init(legacy bytes: UnsafeRawBufferPointer, file: String) throws {
    var machine = PickleMachine(bytes, 0..<bytes.count)
    guard case .wideInteger(let place)? = try? machine.run(), bytes[place].elementsEqual(Self.magic) else {
      throw TensorFileError.unsupportedFormat(
        file: file, format: "a Python pickle that torch.save did not write",
        hint: "Pickles can hold programs, so only PyTorch's are read. " + Self.convert)
    }
    guard case .integer(Self.protocolVersion) = try machine.run() else {
      throw machine.cursor.failure("another protocol version than 1001")
    }
    let written = try machine.run()
    if case .dictionary(let system)? = machine.node(written) {
      for (key, value) in system.pairs where machine.text(key) == "little_endian" {
        guard case .bool(false) = value else { continue }
        throw TensorFileError.unsupportedFormat(
          file: file, format: "a PyTorch file of a big-endian machine", hint: Self.convert)
      }
    }
    let root = try machine.run()
    let widths = machine.storageWidths
    let list = try machine.run()
    let keys = machine.sequence(list).compactMap { machine.text($0) }
    tree = try TorchTree(machine, root)
    var storages: [String: Range<Int>] = [:]
    for key in keys {
      let count = try machine.cursor.count(Int64.self)
      guard let width = widths[key] else { throw machine.cursor.failure("a storage \(key.prefix(40)) of unknown type") }
      let (size, overflow) = count.multipliedReportingOverflow(by: width)
      guard !overflow else { throw machine.cursor.failure("a storage of \(count) elements") }
      storages[key] = try machine.cursor.take(size)
    }
    self.storages = storages
  }
}

extension PickleMachine {
  /// Bytes of an element of each storage that was mentioned; storages without a type count bytes.
  fileprivate var storageWidths: [String: Int] {
    var widths: [String: Int] = [:]
    for case .storage(let storage) in nodes {
      if let type = storage.type {
        widths[storage.key] = type.byteCount
      } else if storage.typeName.hasSuffix("UntypedStorage") {
        widths[storage.key] = 1
      } else {
        widths[storage.key] = Self.foreignWidths[String(storage.typeName.split(separator: ".").last ?? "")]
      }
    }
    return widths
  }

  /// Storages that hold nothing readable here, but take place in a legacy file.
  private static let foreignWidths: [String: Int] = [
    "ComplexFloatStorage": 8, "ComplexDoubleStorage": 16, "QInt8Storage": 1, "QUInt8Storage": 1, "QInt32Storage": 4,
  ]
}
